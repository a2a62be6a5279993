package io.promptroutes.ops;

import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.StepHeaders;
import io.promptroutes.flow.Variables;
import io.promptroutes.kafka.Replay;
import io.promptroutes.ops.RouteModel.Part;
import io.promptroutes.pipeline.Again;
import io.promptroutes.pipeline.Comparisons;
import io.promptroutes.pipeline.TaskDetection;
import io.promptroutes.pipeline.UnknownCosts;
import io.promptroutes.pipeline.Wait;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.settings.Finding;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.RemoveVariableDefinition;
import org.apache.camel.model.SetHeaderDefinition;
import org.apache.camel.model.SetVariableDefinition;
import org.apache.camel.model.language.ConstantExpression;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.model.language.VariableExpression;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Names in the texts of the user's routes: variables, keys, headers, models and tasks. */
final class NameCheck {

    private static final List<String> SWITCH = List.of("on", "off");
    /** Keys of which addresses and conditions are made, each with the values that it can have. */
    static final Map<String, List<String>> VALUES = Map.of("prompts.first-queue", List.of("look-up", "cache", "call", "estimate"), "prompts.call-queue", List.of("cache", "call"),
            "detection.rules", List.of("lexicon", "keywords"), "alerts.account-watch", SWITCH, "costs.again", SWITCH, "job.files", SWITCH);
    /** Headers that mean something to the product, and those of a kind. */
    private static final Set<String> HEADERS = Stream.concat(Replay.OURS.stream(), Stream.of("source-.*", "error-.*", "content-type", "traceparent",
            "camelhttpquery", "camelhttpresponsecode")).collect(Collectors.toUnmodifiableSet());
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{variable(?:As\\(|[.:\\[])'?(?!global:|route:)([\\w-]+)");
    private static final Pattern PATH = Pattern.compile("\\$\\{variable\\.(\\w+)((?:\\.\\w+)+)}");
    /** Of objects in variables: their fields can be read. */
    private static final Map<String, Class<?>> TYPES = Map.of(Variables.PROMPT, Prompt.class, Variables.DETECTION, TaskDetection.Found.class,
            Variables.RUN, PromptContext.class, Variables.WAIT, Wait.class, Variables.AGAIN, Again.class, Variables.BRANCHES, Comparisons.Branches.class,
            Variables.CALL, UnknownCosts.Asked.class);
    private static final Set<String> LANGUAGES = Set.of("simple", "constant", "variable");
    private static final Pattern FIELDS = Pattern.compile("\\$\\{[a-z]\\w*[^{}]*}");
    private static final Pattern COMPARED = Pattern.compile("'\\{\\{([^{}]+)}}' [!=]= '([^']*)'");
    private static final Pattern STEP_HEADER = Pattern.compile("\\b" + StepHeaders.PREFIX + "[A-Z]\\w*");
    private static final Pattern KEY = Pattern.compile("\\{\\{[?!]?([^{}:]+)(:[^{}]*)?}}");
    private static final Pattern FUNCTION = Pattern.compile("\\$\\{properties:([^{}:]+)(:[^{}]*)?}");

    private final RouteModel own;
    private final List<Part> parts;
    private final RouteCheck.Known known;
    private final Consumer<Finding> found;
    private final Set<String> keys;

    /** @param parts of all files in use */
    NameCheck(RouteModel own, List<Part> parts, RouteCheck.Known known, Consumer<Finding> found) {
        this.own = own;
        this.parts = parts;
        this.known = known;
        this.found = found;
        keys = new TreeSet<>(known.keys().stringPropertyNames());
        keys.addAll(VALUES.keySet());
        own.templates.forEach(template -> template.getTemplateParameters().forEach(one -> keys.add(one.getName())));
    }

    void check() {
        variables();
        own.variables.stream().filter(set -> set.getExpression() instanceof ConstantExpression && !set.getExpression().getExpression().contains("{{"))
                .forEach(set -> constant(set, set.getExpression().getExpression().strip()));
        own.parts.forEach(part -> {
            keys(part);
            PATH.matcher(part.value()).results().forEach(path -> fields(path.group(1), path.group(2).substring(1).split("\\."), part));
            if (part.is(SetHeaderDefinition.class, "name") || part.option().equals("excludePattern")) {
                Stream.of(part.value().toLowerCase(Locale.ROOT).split("\\|")).filter(name -> !HEADERS.contains(name)).forEach(name -> HEADERS.stream()
                        .filter(one -> LevenshteinDistance.getDefaultInstance().apply(name, one) == 1).forEach(one ->
                                fault("no header is called " + name, part, "did you mean " + one + "?")));
            }
        });
    }

    /** Of pipelines, which know no variables of ours: keys, and headers of the step {@code prompt:}. */
    void checkPipelines() {
        own.parts.forEach(part -> {
            keys(part);
            STEP_HEADER.matcher(part.value()).results().map(MatchResult::group).filter(name -> !StepHeaders.ALL.contains(name)).forEach(name ->
                    fault("no step prompt: sets a header " + name, part, Finding.nearest(name, StepHeaders.ALL, "take one of " + new TreeSet<>(StepHeaders.ALL))));
        });
    }

    private void fault(String what, Part part, String todo) {
        fault(what, part.at(), todo);
    }

    private void fault(String what, OptionalIdentifiedDefinition<?> at, String todo) {
        found.accept(Finding.fault(what, RouteModel.where(at), todo));
    }

    private void variables() {
        Set<String> set = new HashSet<>(Variables.SET);
        Set<String> read = new HashSet<>(Variables.READ);
        parts.forEach(part -> {
            set.addAll(set(part).toList());
            read.addAll(read(part).toList());
            if (part.in() instanceof ExpressionDefinition other && !LANGUAGES.contains(String.valueOf(other.getLanguage()))) {
                read.addAll(List.of(part.value().split("[^\\w-]+"))); // a script may read them
            }
        });
        own.parts.forEach(part -> {
            Stream<String> removed = part.is(RemoveVariableDefinition.class, "name") ? Stream.of(part.value()) : Stream.empty();
            Stream.concat(read(part), removed).filter(name -> !set.contains(name) && !name.equals("*")).forEach(name ->
                    fault("variable " + name + " is read, and nothing sets it", part, Finding.nearest(name, set, "set it before")));
            set(part).filter(name -> !read.contains(name)).forEach(name ->
                    fault("variable " + name + " is set, and nothing reads it", part, Finding.nearest(name, read, "leave the step out")));
        });
    }

    private static Stream<String> set(Part part) {
        boolean sets = part.is(SetVariableDefinition.class, "name") || part.option().equals("variableReceive");
        return sets && part.value().matches("[\\w-]+") ? Stream.of(part.value()) : Stream.empty();
    }

    private static Stream<String> read(Part part) {
        boolean reads = part.is(VariableExpression.class, "expression") || part.option().equals("variableSend");
        return Stream.concat(reads ? Stream.of(part.value()) : Stream.empty(), VARIABLE.matcher(part.value()).results().map(name -> name.group(1)));
    }

    /** Of classes of ours. */
    private void fields(String variable, String[] path, Part part) {
        Class<?> type = TYPES.get(variable);
        for (String field : path) {
            if (type == null || !type.getName().matches("io\\.promptroutes\\..+|java\\.util\\.List")) {
                return;
            }
            Map<String, Class<?>> fields = Stream.of(type.getMethods()).filter(method -> method.getParameterCount() == 0)
                    .collect(Collectors.toMap(Method::getName, Method::getReturnType, (one, same) -> one));
            if (!fields.containsKey(field)) {
                fault("variable " + variable + " has no " + field, part, Finding.nearest(field, fields.keySet(), "name one that it has"));
            }
            type = fields.get(field);
        }
    }

    /** Placeholders from the inside out, then those that are read when a prompt comes, where what depends on a variable stands for anything. */
    private void keys(Part part) {
        String text = part.value();
        COMPARED.matcher(text).results().filter(compared -> !VALUES.getOrDefault(compared.group(1), List.of(compared.group(2))).contains(compared.group(2)))
                .forEach(compared -> fault("key " + compared.group(1) + " is never " + compared.group(2), part,
                        "compare it with " + String.join(", ", VALUES.get(compared.group(1)))));
        for (Matcher key = KEY.matcher(text); key.find(); key = KEY.matcher(text)) {
            MatchResult one = key.toMatchResult();
            key(one, part);
            text = text.substring(0, one.start()) + known.keys().getProperty(one.group(1), "x").replace("{{", "") + text.substring(one.end());
        }
        String open = FIELDS.matcher(text).replaceAll(field -> field.group().startsWith("${properties:") ? Matcher.quoteReplacement(field.group()) : "*");
        FUNCTION.matcher(open).results().forEach(function -> key(function, part));
    }

    private void key(MatchResult named, Part part) {
        String key = named.group(1);
        boolean table = key.contains("*"); // one without any row has no sense, whatever there is instead of a cell
        String pattern = Stream.of(key.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining("[\\w-]+"));
        boolean there = table ? keys.stream().anyMatch(one -> one.matches(pattern))
                : keys.contains(key) || named.group(2) != null;
        if (!there) {
            fault("there is no key " + key, part, Finding.nearest(key, keys, "set it"));
        }
    }

    private void constant(SetVariableDefinition set, String value) {
        if (Variables.TASK.equals(set.getName()) && keys.stream().noneMatch(key -> key.startsWith("tasks." + value + "."))) {
            fault("task " + value + " has no keys tasks." + value + ".*", set, "set them, or name another task");
        } else if (Variables.MODELS.equals(set.getName())) {
            Stream.of(value.split("\\s*,\\s*")).filter(model -> !known.model().test(model)).forEach(model ->
                    fault("model " + model + " is neither in the tables nor in the list of models", set, "name another one"));
        }
    }
}
