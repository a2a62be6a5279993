package io.promptroutes.check;

import io.promptroutes.settings.Finding;
import io.promptroutes.settings.RouteFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.support.PluginHelper;

/** What the steps of the user's own routes name in vain, as Camel has loaded them: beans, and routes that something is sent to. Stateless. */
public final class RouteCheck {

    /** In an option of a step: a bean by its name, or in an address. */
    private static final Pattern BEAN = Pattern.compile("^(?:\\w*[rR]ef=#?|\\w+=#|uri=.*[?&][^=&]+=#)([\\w.-]+)(?=&|$)");
    /** That something is sent to; those that depend on a variable or a key are left out. */
    private static final Pattern QUEUE = Pattern.compile("^uri=((?:direct|seda):[^?{]+)(?:\\?[^{]*)?$");
    /** In the text of a file: a bean, and what a route begins with. */
    private static final Pattern NAMED = Pattern.compile("(?:(?<!Template)[rR]ef: \"?|: \"?#)([\\w.-]+)");
    private static final Pattern BEGINNING = Pattern.compile("from:\\s+uri: \"?(direct|seda)(?::|\"?\\s+parameters:\\s+name: \"?)([^?\"\\s]+)");
    private static final String OWN = "file:";

    private RouteCheck() {
    }

    /** A name in a file. */
    private record Mention(String name, ProcessorDefinition<?> step) {

        boolean own() {
            return step.getLocation().startsWith(OWN);
        }
    }

    /** Beans that the jar's files name, also those of routes that are not for every command. */
    public static Set<String> beansOfTheJar() {
        return RouteFiles.textsOfTheJar().flatMap(text -> NAMED.matcher(text).results()).map(bean -> bean.group(1)).collect(Collectors.toSet());
    }

    /** @param loaded with its routes, not started */
    public static void check(CamelContext loaded, Consumer<Finding> found) {
        Set<String> beans = beansOfTheJar();
        report(mentions(loaded, BEAN).filter(bean -> !beans.contains(bean.name()) && loaded.getRegistry().lookupByName(bean.name()) == null), beans,
                "no bean is called ", found);
        Set<String> queues = routes(loaded).stream().map(route -> route.getInput().getEndpointUri().split("\\?")[0]).collect(Collectors.toSet());
        // those of routes that are not for this command, too
        RouteFiles.textsOfTheJar().flatMap(text -> BEGINNING.matcher(text).results()).forEach(uri -> queues.add(uri.group(1) + ":" + uri.group(2)));
        report(mentions(loaded, QUEUE).filter(queue -> queues.stream().noneMatch(begun -> queue.name().matches(pattern(begun)))), queues, "no route begins with ", found);
        ClauseCheck.check(model(loaded), routes(loaded), loaded.getClassResolver(), found);
    }

    /** A placeholder stands for anything. */
    private static String pattern(String uri) {
        return Stream.of(uri.split("\\{\\{.*?}}", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    }

    private static void report(Stream<Mention> missing, Set<String> known, String what, Consumer<Finding> found) {
        missing.filter(Mention::own).forEach(one -> found.accept(Finding.fault(what + one.name(), where(one.step()),
                Finding.nearest(one.name(), known, "name one that is there"))));
    }

    /** File and line. */
    static String where(OptionalIdentifiedDefinition<?> definition) {
        return "routes/" + Path.of(definition.getLocation()).getFileName() + " line " + definition.getLineNumber();
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
        return begin.flatMap(one -> Stream.concat(Stream.of(one),
                ProcessorDefinitionHelper.filterTypeInOutputs(one.getOutputs(), ProcessorDefinition.class).stream().map(step -> (ProcessorDefinition<?>) step)));
    }

    private static Stream<Mention> mentions(CamelContext loaded, Pattern kind) {
        return steps(loaded).filter(step -> step.getLocation() != null).flatMap(step -> {
            Map<String, Object> options = new HashMap<>();
            PluginHelper.getBeanIntrospection(loaded).getProperties(step, options, null);
            return options.entrySet().stream().filter(option -> option.getValue() instanceof String)
                    .flatMap(option -> kind.matcher(option.getKey() + "=" + option.getValue()).results())
                    .map((MatchResult name) -> new Mention(name.group(1), step));
        });
    }
}
