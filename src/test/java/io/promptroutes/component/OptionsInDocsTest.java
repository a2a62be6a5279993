package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.flow.Variables;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/routes.md has every option of the components as they themselves say it, and every variable of the engine. */
class OptionsInDocsTest {

    /** What the page says of an option, without the marks of code. */
    private record Option(String preset, String meaning) {
    }

    static Stream<Arguments> components() {
        return Stream.of(Arguments.of("## The step `prompt:`", PromptEndpoint.class), Arguments.of("## The source `windowed-kafka:`", WindowedKafkaEndpoint.class),
                Arguments.of("## The source `inbox:`", InboxEndpoint.class));
    }

    @ParameterizedTest
    @MethodSource("components")
    void theTableHasEveryOptionAsTheComponentSaysIt(String heading, Class<?> endpoint) throws IOException {
        Map<String, Option> options = Arrays.stream(endpoint.getDeclaredFields()).filter(field -> field.isAnnotationPresent(UriParam.class) || field.isAnnotationPresent(UriPath.class))
                .collect(Collectors.toMap(Field::getName, OptionsInDocsTest::option));

        assertThat(table(heading, "option")).isNotEmpty().containsExactlyInAnyOrderEntriesOf(options);
    }

    private static Option option(Field field) {
        UriParam param = field.getAnnotation(UriParam.class);
        if (param == null) {
            Metadata path = field.getAnnotation(Metadata.class);
            return new Option(path.required() ? "required" : path.defaultValue(), path.description());
        }
        return new Option(field.getType().isEnum() ? param.defaultValue().toLowerCase(Locale.ROOT) : param.defaultValue(), param.description());
    }

    @Test
    void theTableHasEveryVariable() throws Exception {
        Set<String> variables = new TreeSet<>();
        for (Field field : Variables.class.getDeclaredFields()) {
            if (field.getType() == String.class && Modifier.isPublic(field.getModifiers())) {
                variables.add((String) field.get(null));
            }
        }

        assertThat(table("## The engine's own routes", "variable").keySet().stream().flatMap(names -> Stream.of(names.split(", ")))).containsExactlyInAnyOrderElementsOf(variables);
    }

    /** The rows of the table under a heading, by what is in their first column. */
    private static Map<String, Option> table(String heading, String first) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("docs/routes.md"));
        assertThat(lines).contains(heading);
        List<String> rows = lines.subList(lines.indexOf(heading), lines.size()).stream().dropWhile(line -> !line.startsWith("| " + first + " |")).skip(2)
                .takeWhile(line -> line.startsWith("|")).toList();
        Map<String, Option> table = new LinkedHashMap<>();
        for (String row : rows) {
            MatchResult cells = Pattern.compile("\\| (.+?) \\| (.*?) ?\\| (.+) \\|").matcher(row.replace("`", "")).results().findFirst().orElseThrow();
            table.put(cells.group(1), new Option(cells.group(2), cells.group(3)));
        }
        return table;
    }
}
