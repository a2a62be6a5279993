package io.promptroutes.check;

import io.promptroutes.check.RouteModel.Part;
import io.promptroutes.flow.Run;
import io.promptroutes.flow.Variables;
import io.promptroutes.kafka.Replay;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.route.Again;
import io.promptroutes.route.Comparisons;
import io.promptroutes.route.TaskDetection;
import io.promptroutes.route.UnknownCosts;
import io.promptroutes.route.Wait;
import io.promptroutes.settings.Finding;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.model.RemoveVariableDefinition;
import org.apache.camel.model.SetHeaderDefinition;
import org.apache.camel.model.SetVariableDefinition;
import org.apache.camel.model.language.ConstantExpression;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.model.language.VariableExpression;

/** Names in the texts of the user's routes: variables, keys, headers, models and tasks. */
final class NameCheck {

    /** Keys that commands set or of which addresses are made, each with the values that it can have. */
    static final Map<String, List<String>> CODE = Map.ofEntries(Map.entry("publish.to", List.of("files", "kafka", "origin", "console", "estimate")),
            Map.entry("detection.rules", List.of("lexicon", "keywords")), Map.entry("prompts.first-queue", List.of("look-up", "cache", "call", "estimate")), Map.entry("prompts.call-queue", List.of("cache", "call")),
            Map.entry("catalogue.refresh-millis", List.of("1")), Map.entry("alerts.credit-every-millis", List.of("1")),
            Map.entry("alerts.spike-every-millis", List.of("1")), Map.entry("alerts.account-watch", List.of("off")),
            Map.entry("generations.every-millis", List.of("1")), Map.entry("management.costs", List.of("off")), Map.entry("management.watch", List.of("off")),
            Map.entry("management.page", List.of("off")), Map.entry("metrics.refresh-millis", List.of("1")),
            Map.entry("health.openrouter-every-millis", List.of("1")));
    /** Headers that mean something to the product, and how those of a kind begin. */
    private static final Set<String> HEADERS = Stream.concat(Replay.OURS.stream(), Stream.of("source-", "error-", "content-type", "Content-Type", "traceparent",
            "CamelHttpQuery", "CamelHttpResponseCode")).collect(Collectors.toUnmodifiableSet());
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{variable(?:As\\(|[.:\\[])'?([\\w-]+)");
    private static final Pattern PATH = Pattern.compile("\\$\\{variable\\.(\\w+)((?:\\.\\w+)+)}");
    /** Of objects in variables: their fields can be read. */
    private static final Map<String, Class<?>> TYPES = Map.of(Variables.PROMPT, Prompt.class, Variables.DETECTION, TaskDetection.Found.class, Variables.RUN, Run.class,
            Variables.WAIT, Wait.class, Variables.AGAIN, Again.class, Variables.BRANCHES, Comparisons.Branches.class, Variables.CALL, UnknownCosts.Asked.class);
    private static final Pattern FIELDS = Pattern.compile("\\$\\{[a-z]\\w*[^{}]*}");
    private static final Pattern COMPARED = Pattern.compile("'\\{\\{([^{}]+)}}' [!=]= '([^']*)'");
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
        keys.addAll(CODE.keySet());
        own.templates.forEach(template -> template.getTemplateParameters().forEach(one -> keys.add(one.getName())));
    }

    void check() {
        variables();
        own.parts.stream().filter(part -> part.value() != null).forEach(part -> {
            keys(part);
            PATH.matcher(part.value()).results().forEach(path -> fields(path, part));
        });
        own.parts.forEach(part -> {
            if (part.in() instanceof SetVariableDefinition set && part.value() == null) {
                constant(set, part);
            }
            boolean header = part.in() instanceof SetHeaderDefinition && part.option().equals("name") || part.option().equals("excludePattern");
            if (header && part.value() != null) {
                Stream.of(part.value().replace(".*", "").split("\\|")).filter(name -> !HEADERS.contains(name))
                        .filter(name -> !Finding.nearest(name, HEADERS, "").isEmpty())
                        .forEach(name -> fault("no header is called " + name, part, Finding.nearest(name, HEADERS, "")));
            }
        });
    }

    private void fault(String what, Part part, String todo) {
        found.accept(Finding.fault(what, part.where(), todo));
    }

    private void variables() {
        Set<String> set = new HashSet<>(Variables.SET);
        Set<String> read = new HashSet<>(Variables.READ);
        parts.forEach(part -> {
            set.addAll(set(part).toList());
            read.addAll(read(part).toList());
        });
        own.parts.forEach(part -> {
            Stream.concat(read(part), removed(part)).filter(name -> !set.contains(name)).forEach(name ->
                    fault("variable " + name + " is read, and nothing sets it", part, Finding.nearest(name, set, "set it before")));
            set(part).filter(name -> !read.contains(name)).forEach(name ->
                    fault("variable " + name + " is set, and nothing reads it", part, Finding.nearest(name, read, "leave the step out")));
        });
    }

    private static Stream<String> set(Part part) {
        return part.value() != null && (part.in() instanceof SetVariableDefinition && part.option().equals("name") || part.option().equals("variableReceive"))
                ? Stream.of(part.value()) : Stream.empty();
    }

    private static Stream<String> removed(Part part) {
        return part.value() != null && part.in() instanceof RemoveVariableDefinition && part.option().equals("name") ? Stream.of(part.value()) : Stream.empty();
    }

    private static Stream<String> read(Part part) {
        if (part.value() == null) {
            return Stream.empty();
        }
        Stream<String> named = part.in() instanceof VariableExpression && part.option().equals("expression") || part.option().equals("variableSend")
                ? Stream.of(part.value()) : Stream.empty();
        return Stream.concat(named, VARIABLE.matcher(part.value()).results().map(name -> name.group(1)));
    }

    private void fields(MatchResult path, Part part) {
        Class<?> type = TYPES.get(path.group(1));
        for (String field : path.group(2).substring(1).split("\\.")) {
            Set<String> names = type == null ? Set.of(field) : Stream.of(type.getMethods()).filter(method -> method.getParameterCount() == 0).map(Method::getName)
                    .collect(Collectors.toSet());
            if (!names.contains(field)) {
                fault("variable " + path.group(1) + " has no " + field, part, Finding.nearest(field, names, "name one that it has"));
                return;
            }
            type = type == null ? null : Stream.of(type.getMethods()).filter(method -> method.getParameterCount() == 0 && method.getName().equals(field)).findFirst()
                    .map(Method::getReturnType).orElse(null);
        }
    }

    /** Placeholders from the inside out, then those that are read when a prompt comes, where what depends on a variable stands for anything. */
    private void keys(Part part) {
        String text = part.value();
        COMPARED.matcher(text).results().forEach(compared -> {
            List<String> values = CODE.getOrDefault(compared.group(1), List.of(known.keys().getProperty(compared.group(1), "")));
            if (values.stream().noneMatch(List.of("on", "off").contains(compared.group(2)) ? value -> value.matches("on|off") : compared.group(2)::equals)
                    && !compared.group(2).isEmpty()) {
                fault("key " + compared.group(1) + " is never " + compared.group(2), part, "compare it with " + String.join(", ", values));
            }
        });
        for (Matcher key = KEY.matcher(text); key.find(); key = KEY.matcher(text)) {
            MatchResult one = key.toMatchResult();
            key(one, part);
            text = text.substring(0, one.start()) + known.keys().getProperty(one.group(1), "x") + text.substring(one.end());
        }
        String open = FIELDS.matcher(text).replaceAll(field -> field.group().startsWith("${properties:") ? Matcher.quoteReplacement(field.group()) : "*");
        FUNCTION.matcher(open).results().forEach(function -> key(function, part));
    }

    private void key(MatchResult named, Part part) {
        String key = named.group(1);
        boolean table = key.contains("*"); // one without any row has no sense, whatever there is instead of a cell
        boolean there = table ? keys.stream().anyMatch(one -> one.matches(Stream.of(key.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining("[\\w-]+"))))
                : keys.contains(key) || named.group(2) != null || key.matches("(env|sys|service|bean)");
        if (!there) {
            fault("there is no key " + key, part, Finding.nearest(key, keys, "set it"));
        }
    }

    private void constant(SetVariableDefinition set, Part part) {
        ExpressionDefinition expression = set.getExpression();
        if (!(expression instanceof ConstantExpression) || expression.getExpression().contains("{{")) {
            return;
        }
        String value = expression.getExpression().strip();
        if (set.getName().equals(Variables.TASK) && keys.stream().noneMatch(key -> key.startsWith("tasks." + value + "."))) {
            fault("task " + value + " has no keys tasks." + value + ".*", part, "set them, or name another task");
        }
        if (set.getName().equals(Variables.MODELS)) {
            Stream.of(value.split(",")).map(String::strip).filter(model -> !known.model().test(model)).forEach(model ->
                    fault("model " + model + " is neither in the tables nor in the list of models", part, "name another one"));
        }
    }
}
