package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.app.Engine;
import io.promptroutes.app.Engines;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.RouteFiles;
import io.promptroutes.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No name in a route file can be mistyped and go unnoticed: each is written wrongly once, its last letter twice, in a copy that stands in
 * its folder of the working directory; every copy has to be refused at start, by file and line. Free are ids, descriptions and the words of log messages.
 */
class RouteMutationTest {

    /** What is compared, or shown to people: no name of anything. */
    private static final Set<String> CONSTANTS = Set.of("true", "second", "explicit", "fit", "compare", "free", "budget", "balanced", "premium", "basic", "good", "high",
            "simple", "medium", "complex", "none", "application/json", "application/cloudevents+json; charset=UTF-8", "[code-fence]", "[stack-trace]", "[code-lines]",
            "[latex]", "[inline-math]", "[unsure]");

    private enum Kind { OUTCOME, FAILURE, CLASS, BEAN, METHOD, QUEUE, CONFIGURATION, TEMPLATE, VARIABLE, FIELD, KEY, VALUE, HEADER, MODEL, TASK }

    /** Lines of a file: indentation, key, value. */
    private static final Pattern LINE = Pattern.compile("^( *(?:- )*)([A-Za-z]+):(?: (.*))?$|^( *- )([^:]+)$");
    private static final Pattern KEY = Pattern.compile("\\{\\{([a-z][\\w.-]*)|\\$\\{properties:([a-z][\\w.-]*)");
    private static final Pattern TABLE = Pattern.compile("(?<=}\\.)([a-z][a-z-]*)(?=\\.|:)");
    /** Of a line above. */
    private static final Pattern NAME = Pattern.compile("\\n *name: (\\w+)(?=\\n)");
    private static final Pattern URI = Pattern.compile("\\n *uri: (\\S+)(?=\\n)");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{variable\\.(\\w+)");
    private static final Pattern FIELD = Pattern.compile("\\$\\{variable\\.\\w+((?:\\.\\w+)+)}");
    private static final Pattern BEAN = Pattern.compile("^\"#(\\w+)");
    private static final Pattern LITERAL = Pattern.compile("'([^']*)'");

    @TempDir
    private Path folder;

    /** @param at offset of the letter that is written twice */
    private record Mutant(Kind kind, Path file, String text, int at) {

        String mutated() {
            return text.substring(0, at + 1) + text.charAt(at) + text.substring(at + 1);
        }

        int line() {
            return (int) text.substring(0, at).chars().filter(one -> one == '\n').count() + 1;
        }

        @Override
        public String toString() {
            return kind + " " + file.getFileName() + " line " + line() + ": " + mutated().lines().skip(line() - 1).findFirst().orElseThrow().strip();
        }
    }

    private final List<Mutant> mutants = new ArrayList<>();
    private final Set<String> constants = new TreeSet<>();

    @Test
    void everyMistypedNameStopsTheStartWithFileAndLine() throws Exception {
        for (Path file : RouteFilesTest.files().stream().filter(one -> one.startsWith("routes/engine")).toList()) {
            new Names(file, Files.readString(file)).find();
        }
        Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);
        mutants.forEach(one -> kinds.merge(one.kind(), 1, Integer::sum));
        System.out.println("mutants " + mutants.size() + " " + kinds);
        assertThat(constants).as("what is no name").hasSizeLessThanOrEqualTo(30).isSubsetOf(CONSTANTS);
        try (Engines engines = CheckCommand.engines(Settings.ofTheJar())) {
            List<String> unnoticed = mutants.parallelStream().filter(one -> !noticed(engines.main(), one)).map(Mutant::toString).toList();
            assertThat(unnoticed).isEmpty();
        }
        assertThat(kinds).containsKeys(Kind.OUTCOME, Kind.FAILURE, Kind.BEAN, Kind.QUEUE, Kind.CONFIGURATION, Kind.VARIABLE, Kind.KEY, Kind.HEADER, Kind.TASK);
    }

    private boolean noticed(Engine engine, Mutant mutant) {
        List<Finding> findings = new ArrayList<>();
        try {
            Path own = Files.createTempDirectory(folder, "m").resolve(mutant.file());
            Files.createDirectories(own.getParent());
            Files.writeString(own, mutant.mutated());
            Map<String, String> places = new TreeMap<>(RouteFiles.engine(folder));
            places.put(mutant.file().toString(), "file:" + own);
            engine.check(places, findings::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String place = mutant.file() + " line ";
        return findings.stream().anyMatch(one -> one.mend() && mutant.kind() == Kind.TEMPLATE // of which Camel tells no line
                || one.mend() && one.where().startsWith(place)
                && Math.abs(Integer.parseInt(one.where().substring(place.length())) - mutant.line()) < 30);
    }

    /** The names in a file. */
    private final class Names {

        private final Path file;
        private final String text;
        private final Map<Integer, String> open = new TreeMap<>();
        private int offset;

        private Names(Path file, String text) {
            this.file = file;
            this.text = text;
        }

        void find() {
            for (String line : text.split("\n", -1)) {
                Matcher parts = LINE.matcher(line);
                if (!line.strip().startsWith("#") && parts.matches()) {
                    boolean item = parts.group(2) == null;
                    int indent = (item ? parts.group(4) : parts.group(1)).length();
                    open.keySet().removeIf(deeper -> deeper >= indent);
                    String value = item ? parts.group(5) : parts.group(3);
                    if (!item) {
                        open.put(indent, parts.group(2));
                    }
                    if (value != null) {
                        value(item ? "" : parts.group(2), value, offset + (item ? parts.start(5) : parts.start(3)));
                    }
                }
                offset += line.length() + 1;
            }
        }

        private String above(int levels) {
            List<String> keys = new ArrayList<>(open.values());
            return keys.size() <= levels ? "" : keys.get(keys.size() - 1 - levels);
        }

        private void value(String key, String value, int at) {
            if (key.equals("description") || key.equals("id")) {
                if (key.equals("id") && above(1).equals("routeConfiguration")) {
                    name(Kind.CONFIGURATION, value, at);
                }
                return;
            }
            embedded(value, at);
            String plain = value.replace("\"", "");
            if (key.equals("routeTemplateRef")) {
                name(Kind.TEMPLATE, value, at);
            } else if (key.equals("ref") || key.endsWith("Ref")) {
                name(Kind.BEAN, value, at);
            } else if (key.equals("method")) {
                name(Kind.METHOD, value.replaceFirst("\\(.*", ""), at);
            } else if (key.equals("routeConfigurationId")) {
                Pattern.compile("[\\w-]+").matcher(value).results().forEach(id -> name(Kind.CONFIGURATION, id.group(), at + id.start()));
            } else if (key.isEmpty() && above(0).equals("exception")) {
                name(Kind.FAILURE, value, at);
            } else if (plain.matches("(?:[a-z]\\w*\\.){2,}[A-Z]\\w*")) {
                name(Kind.CLASS, value, at);
            } else if (key.equals("name") && above(1).equals("parameters") && Set.of("direct", "seda").contains(scheme(at))) {
                name(file.endsWith("outcomes.camel.yaml") && above(2).equals("from") ? Kind.OUTCOME : Kind.QUEUE, value, at);
            } else if (key.equals("uri") && plain.matches("(direct|seda):.*")) {
                name(Kind.QUEUE, value, at);
            } else if (key.equals("name") && above(1).matches("(set|remove)Variable")) {
                name(Kind.VARIABLE, value, at);
            } else if (key.equals("expression") && above(1).equals("variable")) {
                name(Kind.VARIABLE, value, at);
            } else if (key.equals("name") && above(1).equals("setHeader")) {
                name(Kind.HEADER, value, at);
            } else if (key.equals("excludePattern")) {
                Pattern.compile("[A-Za-z-]+").matcher(value).results().forEach(header -> name(Kind.HEADER, header.group(), at + header.start()));
            } else if (key.equals("expression") && above(1).equals("constant") && !plain.contains("{{")) {
                constant(plain, value, at);
            } else if (key.equals("expression") && above(1).equals("simple") || key.equals("precondition")) {
                LITERAL.matcher(value).results().filter(one -> !one.group(1).isEmpty() && !one.group(1).contains("{{")).forEach(one -> {
                    if (value.contains("}}' ")) {
                        name(Kind.VALUE, one.group(1), at + one.start(1));
                    } else {
                        constants.add(one.group(1));
                    }
                });
            }
        }

        private void constant(String plain, String value, int at) {
            String set = last(NAME, at);
            if (set.equals("task")) {
                name(Kind.TASK, value, at);
            } else if (set.equals("models")) {
                name(Kind.MODEL, value, at);
            } else if (!set.equals("reason")) {
                constants.add(plain);
            }
        }

        private String scheme(int at) {
            return last(URI, at);
        }

        /** The nearest one above. */
        private String last(Pattern line, int at) {
            return line.matcher(text).region(0, at).results().map(found -> found.group(1)).reduce("", (above, below) -> below);
        }

        private void embedded(String value, int at) {
            BEAN.matcher(value).results().forEach(bean -> name(Kind.BEAN, bean.group(1), at + bean.start(1)));
            KEY.matcher(value).results().forEach(key -> name(Kind.KEY, group(key), at + key.start(key.group(1) == null ? 2 : 1)));
            TABLE.matcher(value).results().forEach(key -> name(Kind.KEY, key.group(), at + key.start()));
            VARIABLE.matcher(value).results().forEach(variable -> name(Kind.VARIABLE, variable.group(1), at + variable.start(1)));
            FIELD.matcher(value).results().forEach(path -> Pattern.compile("\\w+").matcher(path.group(1)).results()
                    .forEach(field -> name(Kind.FIELD, field.group(), at + path.start(1) + field.start())));
        }

        private String group(MatchResult key) {
            return key.group(1) == null ? key.group(2) : key.group(1);
        }

        /** The last letter that is the name's own, and no key's or variable's. */
        private void name(Kind kind, String value, int at) {
            String own = value.replaceFirst("(\\{\\{|\\$\\{).*", "");
            int last = own.length() - 1;
            while (last >= 0 && !Character.isLetter(own.charAt(last))) {
                last--;
            }
            if (last >= 0) {
                mutants.add(new Mutant(kind, file, text, at + last));
            }
        }
    }
}
