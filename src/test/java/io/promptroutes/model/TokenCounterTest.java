package io.promptroutes.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenCounterTest {

    private final TokenCounter counter = new TokenCounter();

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"hello world, 2", "'', 0", ", 0"})
    void countsAsO200kDoes(String text, long expected) {
        assertThat(counter.count(text)).isEqualTo(expected);
    }

    @Test
    void aControlMarkInAPromptIsText() {
        assertThat(counter.count("<|endoftext|>")).isGreaterThan(1);
    }

    @Test
    void theBeginningOfAVeryLongTextStandsForTheRest() {
        assertThat(counter.count("hello ".repeat(1_000_000))).isBetween(990_000L, 1_010_000L);
    }
}
