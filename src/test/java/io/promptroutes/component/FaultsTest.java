package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParseException;
import java.io.IOException;
import java.util.stream.Stream;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.CamelExchangeException;
import org.apache.camel.Exchange;
import org.apache.camel.TypeConversionException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of a failed route, which everybody may read. */
class FaultsTest {

    private static final String SECRET = "the text of the record";
    private static final Exchange EXCHANGE = new DefaultExchange(new DefaultCamelContext());

    static Stream<Arguments> said() {
        return Stream.of(Arguments.of(null, "it was rolled back"),
                Arguments.of(new IOException(), "java.io.IOException"),
                Arguments.of(new IOException("no\n  room\r\nleft"), "java.io.IOException: no room left"),
                Arguments.of(new CamelExecutionException("Exception occurred", EXCHANGE, new NoClassDefFoundError("a/B")), "java.lang.NoClassDefFoundError: a/B"),
                Arguments.of(new IOException("outer", new IOException("inner")), "java.io.IOException: outer"));
    }

    @ParameterizedTest
    @MethodSource("said")
    void classAndMessageOfWhatHappenedInOneLine(Throwable failure, String words) {
        assertThat(Faults.words(failure)).isEqualTo(words);
    }

    static Stream<Throwable> withTexts() {
        Throwable unread = new JsonParseException(null, "Unrecognized token '" + SECRET + "'");
        return Stream.of(unread, new TypeConversionException(SECRET, Integer.class, new NumberFormatException(SECRET)), new CamelExecutionException("Exception occurred", EXCHANGE, unread),
                new CamelExchangeException("cannot go on with it", EXCHANGE, new RuntimeException(SECRET, unread)));
    }

    @ParameterizedTest
    @MethodSource("withTexts")
    void whatCouldNotBeReadIsNotSaid(Throwable failure) {
        assertThat(Faults.words(failure)).doesNotContain(SECRET).contains("the text is left out");
    }

    @Test
    void longMessagesAreCut() {
        assertThat(Faults.words(new IllegalStateException("x".repeat(10_000)))).hasSize(500).endsWith("...");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"invoking https://hooks.example.com/services/T0/B0/s3cret?a=b with statusCode: 500 | invoking https://hooks.example.com/... with statusCode: 500",
        "invoking http://ann:s3cret@h:8080?token=s3cret: no | invoking http://h:8080/... no", "(jdbc:postgresql://h/db?password=s3cret) | (jdbc:postgresql://h/...",
        "\"http://h:80\" is not there | \"http://h:80\" is not there", "no //address, a/b | no //address, a/b"})
    void ofAnAddressTheHostAlone(String message, String said) {
        assertThat(Faults.words(new IOException(message))).isEqualTo("java.io.IOException: " + said);
    }
}
