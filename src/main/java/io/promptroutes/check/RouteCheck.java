package io.promptroutes.check;

import io.promptroutes.prompt.Strategy;
import io.promptroutes.route.Outcome;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.RouteFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.support.PluginHelper;

/** What the steps of routes name in vain, as Camel has loaded them, where the user has files: beans, and routes that something is sent to. Stateless. */
public final class RouteCheck {

    /** In an option of a step: a bean by its name, or in an address. */
    private static final Pattern BEAN = Pattern.compile("^(?:\\w*[rR]ef=#?|\\w+=#|uri=.*[?&][^=&]+=#)([\\w.-]+)(?=&|$)");
    /** That something is sent to. */
    private static final Pattern QUEUE = Pattern.compile("^uri=((?:direct|seda):[^?]+)(?:\\?.*)?$");
    /** Stands for anything. */
    private static final String OPEN = "\\$?\\{\\{?.*?}}?";
    /** In the text of a file: a bean, and what a route begins with. */
    private static final Pattern NAMED = Pattern.compile("(?:(?<!Template)[rR]ef: \"?|: \"?#)([\\w.-]+)");
    private static final Pattern BEGINNING = Pattern.compile("from:\\s+uri: \"?(direct|seda)(?::|\"?\\s+parameters:\\s+name: \"?)([^?\"\\s]+)");
    private static final String OWN = "file:";

    private RouteCheck() {
    }

    /** A name in a file. */
    private record Mention(String name, ProcessorDefinition<?> step) {
    }

    /** Beans that the jar's files name, also those of routes that are not for every command. */
    public static Set<String> beansOfTheJar() {
        return beans(RouteFiles.textsOfTheJar());
    }

    private static Set<String> beans(Map<String, String> texts) {
        return texts.values().stream().flatMap(text -> NAMED.matcher(text).results()).map(bean -> bean.group(1))
                .collect(Collectors.toSet());
    }

    /** @param loaded with its routes, not started */
    public static void check(CamelContext loaded, Consumer<Finding> found) {
        Map<String, String> jar = RouteFiles.textsOfTheJar();
        Set<String> beans = beans(jar);
        report(mentions(loaded, BEAN).filter(bean -> !beans.contains(bean.name()) && loaded.getRegistry().lookupByName(bean.name()) == null), beans,
                "no bean is called ", found);
        Map<String, String> shipped = begun(jar);
        Map<String, String> inUse = textsInUse(loaded, jar);
        Set<String> queues = new HashSet<>(begun(inUse).keySet());
        routes(loaded).forEach(route -> queues.add(begins(route)));
        report(mentions(loaded, QUEUE).filter(queue -> queues.stream().noneMatch(begun -> fits(queue.name(), begun) || fits(begun, queue.name()))), queues,
                "no route begins with ", found);
        boolean byStrategy = inUse.values().stream().anyMatch(text -> text.contains("direct:by-${")); // one of the user's may choose by itself
        Stream.concat(Stream.of(Outcome.values()).map(Outcome::route), Stream.of(Strategy.values()).filter(any -> byStrategy).map(strategy -> "direct:by-" + strategy))
                .filter(name -> !queues.contains(name)).forEach(name -> found.accept(Finding.fault("no route begins with " + name
                        + ", to which prompts are moved", instead(loaded, shipped, name), "name it so again, or take a new copy of the file")));
        Stream<Mention> caught = steps(loaded).flatMap(step -> exceptions(step).stream().map(name -> new Mention(name, step)));
        report(caught.filter(exception -> loaded.getClassResolver().resolveClass(exception.name()) == null), ClauseCheck.FAILURES,
                "no exception is called ", found);
        ClauseCheck.check(model(loaded), routes(loaded), found);
    }

    /** Texts of files by their names; of routes that are not for this command, too. */
    private static Map<String, String> textsInUse(CamelContext loaded, Map<String, String> jar) {
        Map<String, String> texts = new HashMap<>(jar);
        routes(loaded).stream().filter(RouteCheck::own).map(RouteDefinition::getLocation).distinct()
                .forEach(place -> texts.put(Path.of(place).getFileName().toString(), RouteFiles.text(place)));
        return texts;
    }

    /** What routes begin with, and the file. */
    private static Map<String, String> begun(Map<String, String> texts) {
        Map<String, String> begun = new HashMap<>();
        texts.forEach((file, text) -> BEGINNING.matcher(text).results().forEach(uri -> begun.put(uri.group(1) + ":" + uri.group(2), file)));
        return begun;
    }

    private static String begins(RouteDefinition route) {
        return route.getInput().getEndpointUri().split("\\?")[0];
    }

    /** The first route that is new in the file which ought to have it; else that file. */
    private static String instead(CamelContext loaded, Map<String, String> shipped, String name) {
        String file = "routes/" + shipped.get(name);
        return routes(loaded).stream().filter(route -> !shipped.containsKey(begins(route))).map(RouteCheck::where)
                .filter(place -> place.startsWith(file + " ")).findFirst().orElse(file);
    }

    private static List<String> exceptions(ProcessorDefinition<?> step) {
        return step instanceof OnExceptionDefinition clause ? clause.getExceptions() : step instanceof CatchDefinition end ? end.getExceptions() : List.of();
    }

    private static boolean fits(String name, String pattern) {
        return name.replaceAll(OPEN, "x").matches(Stream.of(pattern.split(OPEN, -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }

    private static void report(Stream<Mention> missing, Set<String> known, String what, Consumer<Finding> found) {
        missing.forEach(one -> found.accept(Finding.fault(what + one.name(), where(one.step()),
                Finding.nearest(one.name(), known, "name one that is there"))));
    }

    private static boolean own(OptionalIdentifiedDefinition<?> definition) {
        return definition.getLocation() != null && definition.getLocation().startsWith(OWN);
    }

    /** File and line; empty for what a template made. */
    static String where(OptionalIdentifiedDefinition<?> definition) {
        return definition.getLocation() == null ? "" : "routes/" + Path.of(definition.getLocation()).getFileName() + " line " + definition.getLineNumber();
    }

    private static Model model(CamelContext loaded) {
        return loaded.getCamelContextExtension().getContextPlugin(Model.class);
    }

    private static List<RouteDefinition> routes(CamelContext loaded) {
        List<RouteDefinition> routes = new ArrayList<>(model(loaded).getRouteDefinitions());
        model(loaded).getRouteTemplateDefinitions().stream().map(RouteTemplateDefinition::getRoute).forEach(routes::add);
        return routes;
    }

    /** Of routes, and of what follows from exceptions. */
    private static Stream<ProcessorDefinition<?>> steps(CamelContext loaded) {
        Stream<OnExceptionDefinition> clauses = model(loaded).getRouteConfigurationDefinitions().stream().flatMap(one -> one.getOnExceptions().stream());
        Stream<ProcessorDefinition<?>> begin = Stream.concat(routes(loaded).stream(), clauses);
        return begin.flatMap(one -> Stream.concat(Stream.of(one), ProcessorDefinitionHelper.filterTypeInOutputs(one.getOutputs(),
                ProcessorDefinition.class).stream().map(step -> (ProcessorDefinition<?>) step)));
    }

    /** None where all files are the jar's, which fit each other. */
    private static Stream<Mention> mentions(CamelContext loaded, Pattern kind) {
        List<ProcessorDefinition<?>> steps = steps(loaded).filter(step -> step.getLocation() != null).toList();
        return steps.stream().noneMatch(RouteCheck::own) ? Stream.empty() : steps.stream().flatMap(step -> {
            Map<String, Object> options = new HashMap<>();
            PluginHelper.getBeanIntrospection(loaded).getProperties(step, options, null);
            return options.entrySet().stream().filter(option -> option.getValue() instanceof String)
                    .flatMap(option -> kind.matcher(option.getKey() + "=" + option.getValue()).results())
                    .map((MatchResult name) -> new Mention(name.group(1), step));
        });
    }
}
