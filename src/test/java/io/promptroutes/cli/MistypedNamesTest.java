package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.check.RouteCheck;
import io.promptroutes.settings.Finding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each name in a copy of a route file, mistyped once, is found before anything starts, with a file and a line. */
class MistypedNamesTest {

    private static final List<Pattern> NAMES = List.of(
            Pattern.compile("exception:\\n(?: +- \\S+\\n)*? +- (\\S+)"),
            Pattern.compile("[rR]ef: \"?#?([\\w-]+)"),
            Pattern.compile("uri: (?:direct|seda)\\n +parameters:\\n(?: +#.*\\n)* +name: \"?([^\"\\s]+)"),
            Pattern.compile("routeConfigurationId: (\\S+)"),
            Pattern.compile("- routeConfiguration:\\n    id: (\\S+)"));

    /** What only a command sends something to, or a key that is not set here names; and a template, of which Camel itself says that it is not there. */
    private static final String NOT_HERE = "batch|estimate|page-file|detect-by-\\w+|[\\w-]+-to-(console|files|kafka|origin|estimate)";

    @TempDir
    private Path folder;

    /** @param at where the name begins */
    record Name(Path file, String name, int at) {

        @Override
        public String toString() {
            return name + " in " + file.getFileName() + " at " + at;
        }
    }

    static Stream<Name> names() throws IOException {
        return RouteFilesTest.files().stream().flatMap(file -> NAMES.stream().flatMap(kind -> kind.matcher(read(file)).results()
                .map(found -> new Name(file, found.group(1), found.start(1))))).filter(name -> !name.name().contains("{{") && !name.name().matches(NOT_HERE));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void isFound(Name name) throws Exception {
        List<Finding> findings = new ArrayList<>();
        StringBuilder text = new StringBuilder(read(name.file()));
        Path own = Files.writeString(folder.resolve(name.file().getFileName()), text.insert(name.at() + name.name().length(), "x"));
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.setSourceLocationEnabled(true);
            Properties keys = RoutesUnderTest.settings("http://127.0.0.1:9", Map.of("ledger.enabled", "on", "cache.enabled", "on")).properties();
            keys.setProperty("publish.to", "kafka");
            keys.setProperty("kafka.enabled", "on");
            keys.setProperty("inbox.directory", "in");
            keys.setProperty("management.costs", "on");
            keys.setProperty("management.watch", "on");
            keys.setProperty("management.page", "on");
            camel.getPropertiesComponent().setInitialProperties(keys);
            for (Path file : RouteFilesTest.files()) {
                String place = file.equals(name.file()) ? "file:" + own : "classpath:routes/" + file.getFileName();
                PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.resolveResource(camel, place));
            }
            RouteCheck.check(camel, findings::add);
        }
        assertThat(findings).filteredOn(Finding::mend).anyMatch(one -> one.where().matches("routes/\\S+( line \\d+)?"));
    }
}
