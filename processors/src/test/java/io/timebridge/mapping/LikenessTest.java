package io.timebridge.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LikenessTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "TeamMeeting",
        "team meeting",
        " Team-Meeting ",
        "ＴＥＡＭ　ＭＥＥＴＩＮＧ",
        "Team & Meeting!"
      })
  void makes_one_of_spellings_that_differ_in_case_blanks_signs_and_unicode_forms(String name) {
    assertThat(Likeness.normal(name)).isEqualTo("teammeeting");
  }

  @ParameterizedTest
  @CsvSource({
    "design,desing,true",
    "design,designs,true",
    "design,desgn,true",
    "design,resign,true",
    "design,design,false",
    "design,dresigns,false",
    "phase1,phase2,false",
    "phase1x,phase1,true",
    "plan,plans,false",
    "übung,ubung,true"
  })
  void takes_one_slip_for_the_same_name_but_never_a_digit_or_a_short_name(
      String a, String b, boolean slip) {
    assertThat(Likeness.isSlip(a, b)).isEqualTo(slip);
    assertThat(Likeness.isSlip(b, a)).isEqualTo(slip);
  }

  @ParameterizedTest
  @CsvSource({"design,desing", "design,designs", "design,resign", "🚀launch,launch"})
  void two_names_one_slip_apart_share_a_piece(String a, String b) {
    assertThat(Likeness.withoutOne(a)).containsAnyElementsOf(Likeness.withoutOne(b));
  }

  @ParameterizedTest
  @ValueSource(strings = {"???", "🚀", "—"})
  void a_name_of_signs_alone_keeps_them(String name) {
    assertThat(Likeness.normal(name)).isEqualTo(name);
  }
}
