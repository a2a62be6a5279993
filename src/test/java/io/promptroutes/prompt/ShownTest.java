package io.promptroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShownTest {

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0xad, 0x61c, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069,
        0xfeff, 0xd800, 0xdfff, 0xe0001, 0xe0041})
    void whatSteersATerminalOrHidesTextIsWrittenOut(int character) {
        String text = new StringBuilder("a").appendCodePoint(character).append("b").toString();
        assertThat(Shown.of(text, 20)).isEqualTo("a\\u%04xb".formatted(character));
        assertThat(Shown.list(text)).isEqualTo("a\\u%04xb".formatted(character));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "openai/gpt-4.1:free", "Grüße, 世界", "\ud83d\udc69\u200d\ud83d\udcbb", "می\u200cخواهم", "a\\nb", "=1+1"})
    void whatPeopleWriteStaysAsItIs(String text) {
        assertThat(Shown.of(text, 20)).isEqualTo(text);
    }

    @Test
    void whatIsLongIsCutAndNoCharacterIsHalved() {
        assertThat(Shown.of("x".repeat(5_000_000), 10)).isEqualTo("xxxxxxxxx\u2026");
        assertThat(Shown.of("x".repeat(10), 10)).isEqualTo("xxxxxxxxxx");
        assertThat(Shown.of("12345678\ud83d\udc69\ud83d\udc69", 10)).isEqualTo("12345678\u2026");
        assertThat(Shown.of(null, 10)).isNull();
    }

    @Test
    void aListKeepsItsLinesAndNoOtherLineIsMade() {
        assertThat(Shown.list("2 things:\n- a\n- b\nforged: c\n")).isEqualTo("2 things:\n- a\n- b\\u000aforged: c\\u000a");
    }
}
