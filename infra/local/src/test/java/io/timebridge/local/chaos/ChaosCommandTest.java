package io.timebridge.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.cli.Timebridge;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChaosCommandTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--runs 0|--runs must be 1 to 10000: 0",
        "--runs many|Invalid value for option '--runs'",
        "--steps fetched,landed|unknown step 'landed'; there are fetched, intent-written, call-sent",
        "--plant none|unknown plant 'none'; there are skip-intent, ignore-deadline",
        "--plant skip-announcement --steps poll-listed|cannot bring --plant skip-announcement to light",
        "--simulated --steps poll-listed,poll-published|no poller is simulated: --steps poll-listed",
        "--simulated --plant remember-before-publish|no poller is simulated: --plant remember",
        "--keys 5|--outage-kind and --keys go with --outage",
        "--outage 10m|--outage goes with --simulated",
        "--simulated --outage long|--outage is a time like 90s, 10m or 2h: long",
        "--simulated --outage 1m|an outage lasts 2m to 1d",
        "--simulated --outage 10m --keys 0|there are 1 to 10000 keys: 0",
        "--simulated --outage 10m --outage-kind odd|unknown way to be down 'odd'; there are refused",
        "--simulated --outage 10m --plant skip-intent|unknown plant 'skip-intent' for an outage",
        "--plant retry-in-place --steps fetched|cannot bring --plant retry-in-place to light"
      })
  void ends_with_code_2_and_says_what_is_allowed_when_options_are_unusable(
      String options, String said) {
    StringWriter err = new StringWriter();
    int code =
        Timebridge.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            ("chaos " + options).split(" "));

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains(said);
  }
}
