package io.promptroutes.ops;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.model.BeanFactoryDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.SetVariableDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.commons.lang3.function.Failable;
import org.apache.commons.lang3.reflect.FieldUtils;

/** Route files as Camel reads them, with the routes that are not for every command; nothing of them is made. Immutable by agreement. */
final class RouteModel {

    /** Free text, and what leads out of a definition. */
    private static final Set<String> SKIPPED = Set.of("id", "description", "note", "parent", "camelContext", "resource", "location", "inputType", "outputType");

    final List<RouteDefinition> routes = new ArrayList<>();
    final List<RouteConfigurationDefinition> configurations = new ArrayList<>();
    final List<RouteTemplateDefinition> templates = new ArrayList<>();
    final Set<String> beans = new HashSet<>();
    final List<SetVariableDefinition> variables = new ArrayList<>();
    /** All texts. */
    final List<Part> parts = new ArrayList<>();

    /**
     * A text of a definition.
     *
     * @param in     the part of Camel's model that has it
     * @param option its name there
     * @param at     the route, step or clause
     */
    record Part(Object in, String option, String value, OptionalIdentifiedDefinition<?> at) {

        /** Whether it is this option of such a part. */
        boolean is(Class<?> type, String name) {
            return option.equals(name) && type.isInstance(in);
        }

        String where() {
            return RouteModel.where(at);
        }
    }

    /** @throws Exception where Camel cannot read one of them */
    static RouteModel of(Collection<String> locations) throws Exception {
        RouteModel model = new RouteModel();
        try (KnownClassPath camel = new KnownClassPath()) {
            camel.setSourceLocationEnabled(true);
            camel.getRegistry().bind("routeSources", new Utf8SourceLoader());
            PluginHelper.getBeanPostProcessor(camel).setLazyBeanStrategy(name -> true); // beans of the user's are made once, by whoever needs them
            List<Resource> files = locations.stream().map(location -> ResourceHelper.resolveResource(camel, location)).toList();
            for (RoutesBuilder one : PluginHelper.getRoutesLoader(camel).findRoutesBuilders(files)) {
                RouteConfigurationBuilder builder = (RouteConfigurationBuilder) one;
                builder.setCamelContext(camel);
                builder.configuration();
                builder.configure();
                model.routes.addAll(builder.getRouteCollection().getRoutes());
                model.templates.addAll(builder.getRouteTemplateCollection().getRouteTemplates());
                model.configurations.addAll(builder.getRouteConfigurationCollection().getRouteConfigurations());
                builder.getTemplatedRouteCollection().getTemplatedRoutes().forEach(made -> model.walk(made, "", null, null));
            }
            camel.getCamelContextExtension().getContextPlugin(Model.class).getCustomBeans().stream().map(BeanFactoryDefinition::getName)
                    .forEach(model.beans::add);
        }
        Stream.of(model.routes, model.templates, model.configurations).forEach(all -> model.walk(all, "", null, null));
        model.templates.forEach(template -> model.routes.add(template.getRoute()));
        return model;
    }

    private void walk(Object node, String option, Object in, OptionalIdentifiedDefinition<?> at) {
        if (node instanceof Collection<?> several) {
            several.forEach(one -> walk(one, option, in, at));
        } else if (node instanceof String text && in != null) {
            parts.add(new Part(in, option, text, at));
        } else if (node != null && node.getClass().getPackageName().startsWith("org.apache.camel.model") && !node.getClass().isEnum()) {
            if (node instanceof SetVariableDefinition set) {
                variables.add(set);
            }
            boolean placed = node instanceof OptionalIdentifiedDefinition<?> one && (at == null || one.getLocation() != null);
            for (Field field : FieldUtils.getAllFieldsList(node.getClass())) {
                if (!Modifier.isStatic(field.getModifiers()) && !SKIPPED.contains(field.getName())) {
                    walk(Failable.get(() -> FieldUtils.readField(field, node, true)), field.getName(), node, placed ? (OptionalIdentifiedDefinition<?>) node : at);
                }
            }
        }
    }

    /** Folder, file and line, of a configuration those of its first clause; empty for what a template made. */
    static String where(OptionalIdentifiedDefinition<?> definition) {
        if (definition instanceof RouteConfigurationDefinition configuration && !configuration.getOnExceptions().isEmpty()) {
            return where(configuration.getOnExceptions().get(0));
        }
        return definition == null || definition.getLocation() == null ? ""
                : definition.getLocation().replaceFirst(".*[:/](?=routes/)", "") + " line " + definition.getLineNumber();
    }

    /** What a route begins with. */
    static String begins(RouteDefinition route) {
        return route.getInput().getEndpointUri().split("\\?")[0];
    }
}
