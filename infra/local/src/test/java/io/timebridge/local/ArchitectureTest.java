package io.timebridge.local;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/** The directions of data and of knowledge between the rooms of the house. */
@AnalyzeClasses(packages = "io.timebridge", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] CONSUMERS = {
    "io.timebridge.ordering..",
    "io.timebridge.intent..",
    "io.timebridge.worker..",
    "io.timebridge.admission..",
    "io.timebridge.timesheet..",
    "io.timebridge.jobs..",
    "io.timebridge.backup..",
    "io.timebridge.failure..",
    "io.timebridge.turn..",
    "io.timebridge.deadletters..",
    "io.timebridge.story..",
    "io.timebridge.replay..",
    "io.timebridge.mapping..",
    "io.timebridge.reconcile..",
    "io.timebridge.bootstrap..",
    "io.timebridge.doctor..",
    "io.timebridge.lag..",
    "io.timebridge.ops..",
    "io.timebridge.processors.."
  };

  @ArchTest
  static final ArchRule ingest_knows_no_consumer =
      noClasses()
          .that()
          .resideInAPackage("io.timebridge.ingest..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CONSUMERS);

  @ArchTest
  static final ArchRule consumers_know_no_ingest =
      noClasses()
          .that()
          .resideInAnyPackage(CONSUMERS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.timebridge.ingest..");

  @ArchTest
  static final ArchRule what_ships_knows_nothing_local =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.timebridge.local..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.timebridge.local..");

  @ArchTest
  static final ArchRule the_contract_knows_neither_settings_nor_services_nor_aws =
      noClasses()
          .that()
          .resideInAPackage("io.timebridge.stream..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.timebridge.settings..",
              "io.timebridge.services..",
              "io.timebridge.aws..",
              "software.amazon..");

  @ArchTest
  static final ArchRule rules_and_ordering_know_no_aws_http_or_kcl =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.timebridge.ordering", "io.timebridge.timesheet", "io.timebridge.reconcile")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "software.amazon..", "java.net.http..", "io.helidon..", "io.timebridge.aws..");

  /** What happened to an entry is told of plain records; stores and services are its ports. */
  @ArchTest
  static final ArchRule stories_know_no_aws_http_or_command =
      noClasses()
          .that()
          .resideInAPackage("io.timebridge.story")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "software.amazon..",
              "java.net.http..",
              "io.timebridge.aws..",
              "io.timebridge.processors..");

  /** Only its adapters ask anybody. */
  @ArchTest
  static final ArchRule the_judge_of_lag_is_pure =
      noClasses()
          .that()
          .resideInAPackage("io.timebridge.lag")
          .should()
          .dependOnClassesThat(
              resideInAPackage("software.amazon..")
                  .or(
                      resideInAPackage("io.timebridge..")
                          .and(not(resideInAPackage("io.timebridge.lag")))));

  @ArchTest
  static final ArchRule only_the_worker_knows_kcl =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.timebridge.worker..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon.kinesis..");

  /** Lanes and worker can be lifted out of here, for another KCL user's own handler. */
  @ArchTest
  static final ArchRule lanes_and_worker_stand_on_their_own =
      noClasses()
          .that()
          .resideInAnyPackage("io.timebridge.ordering..", "io.timebridge.worker..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.timebridge..")
                  .and(
                      not(
                          resideInAnyPackage(
                              "io.timebridge.ordering..", "io.timebridge.worker.."))));

  @ArchTest
  static final ArchRule lanes_know_no_worker =
      noClasses()
          .that()
          .resideInAPackage("io.timebridge.ordering..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.timebridge.worker..");

  /** What is done again goes through the streams: a replay has no way to a service's changes. */
  @ArchTest
  static final ArchRule a_replay_calls_no_second_service =
      noClasses()
          .that()
          .resideInAPackage("io.timebridge.replay..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.timebridge.services.second..",
              "io.timebridge.ordering..",
              "io.timebridge.worker..");

  /** The simulators judge the product, so they must not share its mistakes. */
  @ArchTest
  static final ArchRule the_simulators_and_the_oracle_know_nothing_of_the_product =
      noClasses()
          .that()
          .resideInAnyPackage("io.timebridge.local.sim..", "io.timebridge.local.traffic..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.timebridge.stream..",
              "io.timebridge.signature..",
              "io.timebridge.services..",
              "io.timebridge.timesheet..",
              "io.timebridge.jobs..",
              "io.timebridge.backup..");

  /** This module has every process on its class path. */
  @ArchTest
  static void no_process_has_the_templates_or_the_cdk_on_its_class_path(JavaClasses everything) {
    for (String name : List.of("io.timebridge.deploy.Synth", "software.amazon.awscdk.App")) {
      assertThatThrownBy(() -> Class.forName(name)).isInstanceOf(ClassNotFoundException.class);
    }
  }

  @ArchTest
  static final ArchRule rooms_form_no_circle =
      slices().matching("io.timebridge.(*)..").should().beFreeOfCycles();
}
