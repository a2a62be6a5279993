package io.promptroutes.app;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Camel refuses in a route is told with file and line. */
class RouteFaultTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            prompt:a?whenFull=no | ${body}                      | an option has the value no in routes/a.camel.yaml line 7; it takes block, reject
            seda:a               | ${body} === 'a'              | simple cannot read ${body} === 'a' (Unexpected token = at location 8) in routes/a.camel.yaml line 9
            seda:a               | ${body} !startWith 'a'       | simple cannot read ${body} !startWith 'a' (Unexpected token ! at location 8) in routes/a.camel.yaml line 9
            """)
    void isNamedWithItsLine(String address, String condition, String told) throws IOException {
        Path file = Files.writeString(folder.resolve("a.camel.yaml"), """
                - route:
                    id: a
                    from:
                      uri: direct:a
                      steps:
                        - to:
                            uri: %s
                        - filter:
                            simple: "%s"
                            steps:
                              - log: a
                """.formatted(address, condition));
        try (RouteContext routes = new RouteContext("pipelines", Duration.ofSeconds(1))) {
            routes.load(new Properties(), Map.of("routes/a.camel.yaml", "file:" + file));
            assertThatThrownBy(routes::open).isInstanceOf(UsageException.class).hasMessageStartingWith(told);
        }
    }
}
