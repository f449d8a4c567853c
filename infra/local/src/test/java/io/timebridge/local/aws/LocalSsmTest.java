package io.timebridge.local.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.aws.SsmParameters;
import io.timebridge.settings.Settings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathResponse;
import software.amazon.awssdk.services.ssm.model.GetParametersResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterAlreadyExistsException;
import software.amazon.awssdk.services.ssm.model.ParameterMetadata;
import software.amazon.awssdk.services.ssm.model.ParameterNotFoundException;
import software.amazon.awssdk.services.ssm.model.ParameterStringFilter;
import software.amazon.awssdk.services.ssm.model.ParameterType;
import software.amazon.awssdk.services.ssm.model.ParameterVersionNotFoundException;
import software.amazon.awssdk.services.ssm.model.SsmException;

class LocalSsmTest {
  private LocalSsm server;
  private SsmClient ssm;

  @BeforeEach
  void start() {
    server = LocalSsm.start(0, "us-east-1");
    ssm = LocalClients.of("ssm", server.endpoint()).ssm();
  }

  @AfterEach
  void stop() {
    ssm.close();
    server.close();
  }

  @Test
  void reads_back_what_was_written() {
    put("/app/url", "http://x/?a=1&b=\"ü\"", ParameterType.STRING);

    Parameter read = ssm.getParameter(r -> r.name("/app/url")).parameter();
    assertThat(read.value()).isEqualTo("http://x/?a=1&b=\"ü\"");
    assertThat(read.type()).isEqualTo(ParameterType.STRING);
    assertThat(read.version()).isEqualTo(1);
    assertThat(read.arn()).isEqualTo("arn:aws:ssm:us-east-1:000000000000:parameter/app/url");
    assertThat(read.lastModifiedDate()).isNotNull();
    assertThat(ssm.getParameter(r -> r.name(read.arn())).parameter()).isEqualTo(read);
  }

  @Test
  void refuses_to_overwrite_unless_asked_and_counts_versions_then() {
    put("/app/n", "1", ParameterType.STRING);

    assertThatThrownBy(() -> put("/app/n", "2", ParameterType.STRING))
        .isInstanceOf(ParameterAlreadyExistsException.class);
    assertThat(ssm.putParameter(r -> r.name("/app/n").value("2").overwrite(true)).version())
        .isEqualTo(2);
    assertThat(ssm.getParameter(r -> r.name("/app/n")).parameter().value()).isEqualTo("2");
    assertThat(ssm.getParameter(r -> r.name("/app/n:1")).parameter().value()).isEqualTo("1");
    assertThatThrownBy(() -> ssm.getParameter(r -> r.name("/app/n:3")))
        .isInstanceOf(ParameterVersionNotFoundException.class);
  }

  @Test
  void shows_a_secure_string_only_when_decryption_is_asked_for() {
    put("/app/secret", "s3cr3t", ParameterType.SECURE_STRING);

    assertThat(ssm.getParameter(r -> r.name("/app/secret")).parameter().value())
        .doesNotContain("s3cr3t");
    assertThat(
            ssm.getParameter(r -> r.name("/app/secret").withDecryption(true)).parameter().value())
        .isEqualTo("s3cr3t");
    assertThat(ssm.getParametersByPath(r -> r.path("/app")).parameters().getFirst().value())
        .doesNotContain("s3cr3t");
  }

  @Test
  void names_what_is_not_there() {
    put("/app/a", "1", ParameterType.STRING);

    assertThatThrownBy(() -> ssm.getParameter(r -> r.name("/app/b")))
        .isInstanceOf(ParameterNotFoundException.class)
        .hasMessageContaining("/app/b");
    assertThatThrownBy(() -> ssm.deleteParameter(r -> r.name("/app/b")))
        .isInstanceOf(ParameterNotFoundException.class);
    GetParametersResponse both = ssm.getParameters(r -> r.names("/app/a", "/app/b", "/app/a:9"));
    assertThat(both.parameters()).extracting(Parameter::name).containsExactly("/app/a");
    assertThat(both.invalidParameters()).containsExactly("/app/b", "/app/a:9");
  }

  @Test
  void lists_one_level_or_all_below_a_path_and_nothing_beside_it() {
    for (String name : List.of("/app/a", "/app/b/c", "/app/b/d/e", "/application/f", "/app")) {
      put(name, "x", ParameterType.STRING);
    }

    assertThat(names(ssm.getParametersByPath(r -> r.path("/app")))).containsExactly("/app/a");
    assertThat(names(ssm.getParametersByPath(r -> r.path("/app/").recursive(true))))
        .containsExactly("/app/a", "/app/b/c", "/app/b/d/e");
  }

  @Test
  void pages_through_a_path_without_gap_or_repeat() {
    List<String> all = new ArrayList<>();
    for (int n = 10; n < 47; n++) {
      put("/many/p" + n, "v" + n, ParameterType.STRING);
      all.add("/many/p" + n);
    }

    GetParametersByPathResponse first = ssm.getParametersByPath(r -> r.path("/many"));
    assertThat(first.parameters()).hasSize(10);
    assertThat(first.nextToken()).isNotNull();
    assertThat(
            ssm.getParametersByPathPaginator(r -> r.path("/many").maxResults(7)).stream()
                .flatMap(page -> page.parameters().stream())
                .map(Parameter::name))
        .containsExactlyElementsOf(all);
    GetParametersByPathResponse exact =
        ssm.getParametersByPath(r -> r.path("/many").nextToken(first.nextToken()));
    assertThat(names(exact)).startsWith("/many/p20").hasSize(10);
  }

  @Test
  void ends_without_a_token_when_the_last_page_is_full() {
    for (int n = 0; n < 10; n++) {
      put("/ten/p" + n, "v", ParameterType.STRING);
    }
    assertThat(ssm.getParametersByPath(r -> r.path("/ten")).nextToken()).isNull();
  }

  @Test
  void forgets_every_version_when_a_parameter_is_deleted() {
    put("/app/gone", "1", ParameterType.STRING);
    ssm.deleteParameter(r -> r.name("/app/gone"));

    assertThatThrownBy(() -> ssm.getParameter(r -> r.name("/app/gone:1")))
        .isInstanceOf(ParameterNotFoundException.class);
    put("/app/gone", "2", ParameterType.STRING);
    assertThat(ssm.getParameter(r -> r.name("/app/gone")).parameter().version()).isEqualTo(1);
  }

  @Test
  void describes_parameters_without_their_values() {
    put("/app/a", "1", ParameterType.STRING);
    put("/app/s", "2", ParameterType.SECURE_STRING);
    put("other", "3", ParameterType.STRING);

    assertThat(ssm.describeParameters().parameters())
        .extracting(ParameterMetadata::name)
        .containsExactly("/app/a", "/app/s", "other");
    assertThat(
            ssm.describeParameters(r ->
                    r.parameterFilters(
                        ParameterStringFilter.builder()
                            .key("Name")
                            .option("BeginsWith")
                            .values("/app/")
                            .build()))
                .parameters())
        .extracting(ParameterMetadata::typeAsString)
        .containsExactly("String", "SecureString");
  }

  @Test
  void feeds_the_settings_of_the_project() {
    put("/timebridge/second-service/url", "http://second", ParameterType.STRING);
    put("/timebridge/second-service/password", "pw", ParameterType.SECURE_STRING);

    Map<String, String> values =
        new SsmParameters()
            .apply(
                new Settings.Aws("us-east-1", Map.of("ssm", server.endpoint()), true),
                "/timebridge");
    assertThat(values)
        .containsOnly(
            Map.entry("second-service/url", "http://second"),
            Map.entry("second-service/password", "pw"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/app//x", "a b", "/app/ü", "aws-x", "/ssm/x", "", "/", "/a/", "x/y"})
  void refuses_a_name_that_parameter_store_refuses(String name) {
    assertThatThrownBy(() -> put(name, "1", ParameterType.STRING)).isInstanceOf(SsmException.class);
    assertThat(ssm.describeParameters().parameters()).isEmpty();
  }

  @Test
  void refuses_a_value_above_4_kib() {
    put("/app/full", "x".repeat(4096), ParameterType.STRING);
    assertThatThrownBy(() -> put("/app/over", "x".repeat(4097), ParameterType.STRING))
        .isInstanceOf(SsmException.class)
        .hasMessageContaining("4096");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{", "{\"Name\":7}", "{\"Name\":null}", "\u0000"})
  void answers_400_with_a_typed_error_when_the_body_is_not_a_request(String body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = post("AmazonSSM.GetParameter", body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"__type\":");
  }

  @Test
  void answers_400_when_the_operation_is_not_offered() throws IOException, InterruptedException {
    assertThat(post("AmazonSSM.StartSession", "{}").body()).contains("UnknownOperationException");
    assertThat(post("Elsewhere", "{}").statusCode()).isEqualTo(400);
  }

  @Test
  void answers_413_when_the_body_is_too_large() throws IOException, InterruptedException {
    String body = "x".repeat(LoopbackServer.MAX_BODY_BYTES + 1);
    assertThat(post("AmazonSSM.GetParameter", body).statusCode()).isEqualTo(413);
  }

  private HttpResponse<String> post(String target, String body)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(server.endpoint())
              .header("X-Amz-Target", target)
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private void put(String name, String value, ParameterType type) {
    ssm.putParameter(r -> r.name(name).value(value).type(type));
  }

  private static List<String> names(GetParametersByPathResponse response) {
    return response.parameters().stream().map(Parameter::name).toList();
  }
}
