package io.promptroutes.ops;

import io.promptroutes.ops.RouteModel.Part;
import io.promptroutes.pipeline.Outcome;
import io.promptroutes.prompt.Strategy;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.RouteFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.impl.engine.DefaultClassResolver;
import org.apache.camel.model.FromDefinition;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.support.PatternHelper;
import org.apache.commons.lang3.function.Failable;

/**
 * What the user's own route files name in vain, before anything starts. The shipped files are only looked at for what the user's have taken
 * away from them. Stateless.
 */
public final class RouteCheck {

    /** A bean by its name: in an option that is for one, in any option, and in an address. */
    private static final Pattern REFERENCE = Pattern.compile("^#?([\\w-]+)$");
    private static final Pattern BEAN = Pattern.compile("^#([\\w-]+)$");
    private static final Pattern BEAN_OF_ADDRESS = Pattern.compile("[?&][^=&]+=#([\\w-]+)(?=&|$)");
    /** That something is sent to. */
    private static final Pattern QUEUE = Pattern.compile("(?:direct|seda):[^?]+");
    private static final String STRATEGY = "${variable.strategy}";
    /** Stands for anything. */
    private static final String OPEN = "\\$\\{.*?}";
    /** Where commands begin. */
    private static final Set<String> ENTRIES = Set.of("direct:prompt", "direct:detect-task", "direct:refresh-catalogue",
            "direct:unknown-costs", "direct:alert-to-log", "direct:alert-to-files");

    private final RouteModel jar;
    private final boolean engine;
    private final RouteModel own;
    private final Known known;
    private final Consumer<Finding> found;
    /** Of the files in use. */
    private final List<RouteDefinition> routes = new ArrayList<>();
    private final List<RouteConfigurationDefinition> configurations = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();

    /**
     * What there is beside the routes.
     *
     * @param bean  by its name; null where there is none
     * @param keys  for placeholders
     * @param model whether there is one of that name
     */
    public record Known(Function<String, Object> bean, Properties keys, Predicate<String> model) {
    }

    private static final class Shipped {

        private static final RouteModel MODEL = Failable.get(() -> RouteModel.of(RouteFiles.engineOfTheJar().values()));
    }

    /** @param engine whether the files are the engine's, which prompts are moved through by name; else they are pipelines, which are Camel's alone */
    private RouteCheck(RouteModel jar, RouteModel own, Set<String> replaced, boolean engine, Known known, Consumer<Finding> found) {
        this.jar = jar;
        this.engine = engine;
        this.own = own;
        this.known = known;
        this.found = found;
        routes.addAll(own.routes);
        configurations.addAll(own.configurations);
        parts.addAll(own.parts);
        jar.routes.stream().filter(one -> !replaced.contains(file(one))).forEach(routes::add);
        jar.configurations.stream().filter(one -> !replaced.contains(file(one))).forEach(configurations::add);
        jar.parts.stream().filter(one -> !replaced.contains(file(one.at()))).forEach(parts::add);
    }

    /** Beans that the jar's files name, also those of routes that are not for every command. */
    public static Set<String> beansOfTheJar() {
        return beans(Shipped.MODEL.parts).map(Name::text).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Of the engine. @param places of its route files by folder and name, as of Camel; where none is the user's nothing is looked at */
    public static void engine(Map<String, String> places, Known known, Consumer<Finding> found) {
        if (own(places).isEmpty()) {
            return;
        }
        check(Shipped.MODEL, places, true, known, found);
    }

    /** Of pipelines, whoever's they are. */
    public static void pipelines(Map<String, String> places, Known known, Consumer<Finding> found) {
        Set<String> shipped = new TreeSet<>(places.values());
        shipped.removeAll(own(places));
        check(Failable.get(() -> RouteModel.of(shipped)), places, false, known, found);
    }

    private static Set<String> own(Map<String, String> places) {
        return places.values().stream().filter(place -> place.startsWith("file:")).collect(Collectors.toCollection(TreeSet::new));
    }

    private static void check(RouteModel jar, Map<String, String> places, boolean engine, Known known, Consumer<Finding> found) {
        Set<String> own = own(places);
        RouteModel model;
        try {
            model = RouteModel.of(own);
        } catch (Exception e) {
            TextCheck.unreadable(places, found); // the rest is told by Camel itself when it reads them
            return;
        }
        TextCheck.readable(places, found);
        Set<String> replaced = places.entrySet().stream().filter(place -> own.contains(place.getValue())).map(Map.Entry::getKey).collect(Collectors.toSet());
        new RouteCheck(jar, model, replaced, engine, known, found).check();
    }

    private void check() {
        beans();
        queues();
        new TwiceCheck(own, known.keys(), found).check(routes);
        configurations();
        Set<String> templates = Stream.of(jar, own).flatMap(one -> one.templates.stream()).map(RouteTemplateDefinition::getId).collect(Collectors.toSet());
        own.parts.stream().filter(part -> part.option().equals("routeTemplateRef") && !templates.contains(part.value())).forEach(part ->
                fault("no route template is called " + part.value(), part.where(), Finding.nearest(part.value(), templates, "name one that is there")));
        new AddressCheck(own, known, found).check();
        ClauseCheck.check(own, new DefaultClassResolver(), found);
        if (engine) {
            new NameCheck(own, parts, known, found).check();
        } else {
            new NameCheck(own, parts, known, found).checkPipelines();
            PipelineCheck.check(Stream.of(own, jar).toList(), known.keys(), found);
        }
    }

    private void fault(String what, String where, String todo) {
        found.accept(Finding.fault(what, where, todo));
    }

    /** A name in a file. */
    private record Name(String text, Part part) {
    }

    private static Stream<Name> beans(List<Part> parts) {
        return parts.stream().flatMap(part -> {
            boolean reference = part.option().matches("(?!routeTemplate)\\w*[rR]ef");
            Pattern named = part.option().equals("uri") ? BEAN_OF_ADDRESS : reference ? REFERENCE : BEAN;
            return named.matcher(part.value()).results().map(name -> new Name(name.group(1), part));
        });
    }

    private void beans() {
        Set<String> shipped = engine ? beansOfTheJar() : Set.of();
        beans(own.parts).filter(bean -> !shipped.contains(bean.text()) && !own.beans.contains(bean.text()) && known.bean().apply(bean.text()) == null
                && !known.keys().containsKey("camel.beans." + bean.text()))
                .forEach(bean -> fault("no bean is called " + bean.text(), bean.part().where(),
                        Finding.nearest(bean.text(), shipped, "name one that is there")));
        MethodCheck.check(own, known, found);
    }

    /** All that something is sent to, and all that it may mean, has to begin a route. */
    private void queues() {
        Set<String> begun = begun(routes);
        Set<String> shipped = begun(jar.routes);
        parts.stream().filter(part -> part.option().equals("uri") && !part.is(FromDefinition.class, "uri") && QUEUE.matcher(part.value()).lookingAt())
                .forEach(part -> {
                    List<String> meant = meant(part.value().split("\\?")[0]).toList();
                    List<String> missing = meant.stream().filter(one -> begun.stream().noneMatch(there -> one.equals(there) || fits(there, one))).toList();
                    missing.stream().filter(one -> missing.size() == meant.size() || shipped.contains(one)).forEach(one ->
                            fault("no route begins with " + one, instead(one, part), Finding.nearest(one, begun, "name one that is there")));
                });
        Stream<String> needed = engine ? Stream.concat(ENTRIES.stream(), Stream.of(Outcome.values()).map(Outcome::route)) : Stream.empty();
        needed.filter(one -> !begun.contains(one))
                .forEach(one -> fault("no route begins with " + one + ", to which prompts are moved", instead(one, null),
                        "name it so again, or take a new copy of the file"));
    }

    private static Set<String> begun(List<RouteDefinition> routes) {
        return routes.stream().map(RouteModel::begins).collect(Collectors.toSet());
    }

    /** The addresses that a text with keys and variables can be; as it is where that cannot be told. */
    private Stream<String> meant(String address) {
        if (address.contains(STRATEGY)) {
            return Stream.of(Strategy.values()).flatMap(one -> meant(address.replace(STRATEGY, one.toString())));
        }
        int begin = address.lastIndexOf("{{");
        if (begin < 0) {
            return Stream.of(address);
        }
        int end = address.indexOf("}}", begin);
        String key = address.substring(begin + 2, end).split(":")[0];
        List<String> values = NameCheck.VALUES.getOrDefault(key, List.of(known.keys().getProperty(key, "${" + key + "}")));
        return values.stream().flatMap(one -> meant(address.substring(0, begin) + one + address.substring(end + 2)));
    }

    private static boolean fits(String name, String pattern) {
        return pattern.contains("${") && name.matches(Stream.of(pattern.split(OPEN, -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }

    /** The first route that is new in the user's file which ought to have it; else the sender, or that file. */
    private String instead(String address, Part sender) {
        Set<String> shipped = begun(jar.routes);
        String file = jar.routes.stream().filter(one -> RouteModel.begins(one).equals(address)).map(RouteCheck::file).findFirst().orElse("");
        return own.routes.stream().filter(one -> file.equals(file(one)) && !shipped.contains(RouteModel.begins(one))).map(RouteModel::where).findFirst()
                .orElse(sender == null ? file : sender.where());
    }

    private void configurations() {
        Set<String> ids = ids(configurations);
        Set<String> shipped = ids(jar.configurations);
        String other = own.configurations.stream().filter(one -> one.getId() != null && !shipped.contains(one.getId())).map(RouteModel::where)
                .findFirst().orElse(null);
        routes.stream().filter(route -> route.getRouteConfigurationId() != null).forEach(route -> Stream.of(route.getRouteConfigurationId().split(","))
                .filter(id -> !id.contains("{{") && ids.stream().noneMatch(known -> PatternHelper.matchPattern(known, id))).forEach(id -> fault("no route configuration is called " + id,
                        shipped.contains(id) && other != null ? other : RouteModel.where(route), Finding.nearest(id, ids, "name one that is there"))));
    }

    private static Set<String> ids(List<RouteConfigurationDefinition> configurations) {
        return configurations.stream().map(RouteConfigurationDefinition::getId).filter(Objects::nonNull).collect(Collectors.toSet());
    }

    private static String file(OptionalIdentifiedDefinition<?> definition) {
        return RouteModel.where(definition).replaceFirst(" line .*", "");
    }
}
