package io.promptroutes.check;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** What a route file names, each with its line. Nothing of it is run. */
public final class RouteFile {

    private static final Set<String> QUEUES = Set.of("direct", "seda");

    /** A name in a file, in line {@code line}, counted from 1. */
    public record Mention(String name, int line) {
    }

    /** By their names in YAML, such as {@code process}. */
    final List<Mention> steps = new ArrayList<>();
    /** That steps refer to. */
    public final List<Mention> beans = new ArrayList<>();
    /** {@code direct:…} and {@code seda:…} that something is sent to; those that depend on a variable or a key are left out. */
    final List<Mention> targets = new ArrayList<>();
    /** What routes begin with; a placeholder stands for anything. */
    final List<Pattern> beginnings = new ArrayList<>();
    /** Beans that the file makes itself. */
    final Set<String> made = new HashSet<>();

    /** @throws org.snakeyaml.engine.v2.exceptions.YamlEngineException where it is no YAML; says the line */
    RouteFile(InputStream yaml, String label) {
        new Compose(LoadSettings.builder().setLabel(label).build()).composeInputStream(yaml).ifPresent(this::read);
    }

    private void read(Node node) {
        if (node instanceof SequenceNode list) {
            list.getValue().forEach(this::read);
        } else if (node instanceof MappingNode map) {
            map.getValue().forEach(this::entry);
        }
    }

    private void entry(NodeTuple entry) {
        String name = text(entry.getKeyNode());
        Node node = entry.getValueNode();
        String value = text(node);
        switch (name) {
            case "from" -> beginnings.add(Pattern.compile(
                    Arrays.stream(uri(node).split("\\{\\{.*?}}", -1)).map(Pattern::quote).collect(Collectors.joining(".*"))));
            case "to", "wireTap", "enrich" -> {
                String uri = uri(node);
                if (QUEUES.contains(uri.split(":")[0]) && !uri.contains("{")) {
                    targets.add(new Mention(uri, line(entry.getKeyNode())));
                }
            }
            case "steps" -> list(node).forEach(step -> steps.add(new Mention(step instanceof MappingNode map && !map.getValue().isEmpty()
                    ? text(map.getValue().get(0).getKeyNode()) : text(step), line(step))));
            case "beans" -> list(node).forEach(bean -> made.add(child(bean, "name")));
            default -> {
                boolean reference = name.equals("ref") || name.endsWith("Ref") && !name.equals("routeTemplateRef") || value.startsWith("#");
                if (reference && !value.isEmpty() && !value.contains(":") && !value.contains("{")) {
                    beans.add(new Mention(value.replace("#", ""), line(node)));
                }
            }
        }
        read(node);
    }

    /** {@code direct:name}, whichever way it is written, without options. */
    private static String uri(Node endpoint) {
        String uri = endpoint instanceof ScalarNode ? text(endpoint) : child(endpoint, "uri");
        return QUEUES.contains(uri) ? uri + ":" + child(node(endpoint, "parameters"), "name") : uri.split("\\?")[0];
    }

    private static List<Node> list(Node node) {
        return node instanceof SequenceNode sequence ? sequence.getValue() : List.of();
    }

    private static Node node(Node parent, String name) {
        return parent instanceof MappingNode map ? map.getValue().stream().filter(tuple -> text(tuple.getKeyNode()).equals(name))
                .map(NodeTuple::getValueNode).findFirst().orElse(null) : null;
    }

    private static String child(Node parent, String name) {
        return text(node(parent, name));
    }

    private static String text(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }
}
