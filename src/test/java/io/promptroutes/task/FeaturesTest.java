package io.promptroutes.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a text has, and nothing that it has not. */
class FeaturesTest {

    private static final Features FEATURES = new Features(List.of("poem: poem, 诗"));

    private static Set<String> words(String text) {
        Set<String> found = new TreeSet<>();
        FEATURES.words(text, found::add);
        return found;
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            '',            ''
            '?!',          ''
            hello,         'hello ^hello'
            null,          'null ^null'
            7,             '0 ^0'
            poem,          'poem ^poem <poem> ^<poem>'
            诗,            '诗 ^诗 <poem> ^<poem>'
            null pointer,  'null ^null pointer null_pointer ^null_pointer'
            """)
    void aTextOfOneWordHasNoPair(String text, String features) {
        Set<String> expected = new TreeSet<>(Arrays.stream(features.split(" ")).filter(one -> !one.isEmpty()).map(one -> one.replace('_', ' ')).toList());
        assertThat(words(text)).isEqualTo(expected);
    }

    @Test
    void theShippedLexiconHasNoRowOfAPairThatIsNotThere() throws IOException {
        try (InputStream in = Features.class.getResourceAsStream("/io/promptroutes/lexicon.tsv")) {
            Lexicon lexicon = Lexicon.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
            assertThat(lexicon.row("^null")).isNull();
            assertThat(lexicon.row("^hello")).isNotNull();
        }
    }
}
