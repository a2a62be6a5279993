package io.promptroutes.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.check.RouteFile.Mention;
import io.promptroutes.prompt.Json;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.RouteFiles;
import io.promptroutes.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The user's own route files: every step that there is not, and every bean and route that a step names in vain. One thread. */
public final class RouteCheck {

    private final Consumer<Finding> found;
    private final Map<String, String> places;
    private final Map<String, Path> own = new TreeMap<>();
    private final Set<String> broken = new HashSet<>();

    public RouteCheck(Path directory, Consumer<Finding> found) {
        this.found = found;
        places = RouteFiles.places(directory);
        places.forEach((name, place) -> {
            if (place.startsWith("file:")) {
                own.put(name, Path.of(place.substring("file:".length())));
            }
        });
        own.entrySet().removeIf(RouteCheck::asShipped);
    }

    public int size() {
        return places.size();
    }

    private static boolean asShipped(Map.Entry<String, Path> file) {
        try (InputStream shipped = shipped(file.getKey())) {
            return shipped != null && Arrays.equals(shipped.readAllBytes(), Files.readAllBytes(file.getValue()));
        } catch (IOException e) {
            return false; // told where it is read
        }
    }

    private static InputStream shipped(String name) {
        return RouteCheck.class.getResourceAsStream("/routes/" + name);
    }

    /** @param bound of names that are in none of the jar's files, those of beans; takes time */
    public void check(UnaryOperator<Set<String>> bound) {
        if (own.isEmpty()) {
            return;
        }
        Map<String, RouteFile> mine = new TreeMap<>();
        own.forEach((name, path) -> {
            try (InputStream in = Files.newInputStream(path)) {
                mine.put("routes/" + name, new RouteFile(in, name));
            } catch (IOException | YamlEngineException e) {
                broken.add(name);
                found.accept(Finding.fault("routes/" + name + " is no YAML: " + line(e), "", "correct it"));
            }
        });
        Map<String, RouteFile> others = shippedFiles();
        Set<String> usual = names(others.values(), file -> file.steps);
        report(mine, file -> file.steps, usual, unusual -> {
            Set<String> steps = steps();
            mine.forEach((file, content) -> {
                if (content.steps.stream().anyMatch(step -> !steps.contains(step.name()))) {
                    broken.add(file.substring("routes/".length())); // Camel would say no more
                }
            });
            return steps;
        }, "there is no step ");
        Set<String> known = names(others.values(), file -> file.beans);
        mine.values().forEach(file -> known.addAll(file.made));
        report(mine, file -> file.beans, known, bound, "no bean is called ");
        // one that replaces the jar's file begins its own routes
        others.keySet().removeAll(own.keySet());
        List<RouteFile> all = Stream.concat(others.values().stream(), mine.values().stream()).toList();
        report(mine, file -> file.targets, Set.of(), targets -> targets.stream().filter(uri -> all.stream().flatMap(file -> file.beginnings.stream())
                .anyMatch(beginning -> beginning.matcher(uri).matches())).collect(Collectors.toSet()), "no route begins with ");
    }

    /** Those of the jar. */
    public static Map<String, RouteFile> shippedFiles() {
        Map<String, RouteFile> files = new TreeMap<>();
        RouteFiles.shipped().forEach(name -> {
            try (InputStream in = shipped(name)) {
                files.put(name, new RouteFile(in, name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return files;
    }

    private static Set<String> names(Collection<RouteFile> files, Function<RouteFile, List<Mention>> kind) {
        return files.stream().flatMap(file -> kind.apply(file).stream()).map(Mention::name).collect(Collectors.toSet());
    }

    /**
     * @param usual that are known
     * @param more  of the others, those that there are; takes time
     */
    private void report(Map<String, RouteFile> mine, Function<RouteFile, List<Mention>> kind, Set<String> usual,
            Function<Set<String>, Set<String>> more, String missing) {
        Set<String> unusual = names(mine.values(), kind);
        unusual.removeAll(usual);
        Set<String> known = unusual.isEmpty() ? Set.of() : more.apply(unusual);
        mine.forEach((file, content) -> kind.apply(content).stream().filter(one -> unusual.contains(one.name()) && !known.contains(one.name())).forEach(one -> {
            Set<String> near = new HashSet<>(usual);
            near.addAll(known);
            found.accept(Finding.fault(missing + one.name(), file + " line " + one.line(),
                    Settings.nearest(one.name(), near).map(name -> "did you mean " + name + "?").orElse("name one that is there")));
        }));
    }

    /** Of Camel. */
    private static Set<String> steps() {
        try (InputStream in = RouteCheck.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            JsonNode steps = Json.MAPPER.readTree(in).at("/items/definitions/org.apache.camel.model.ProcessorDefinition/properties");
            return steps.properties().stream().map(Map.Entry::getKey).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each file by itself as Camel reads it, which knows every step's options. */
    public void parse() {
        own.keySet().stream().filter(name -> !broken.contains(name)).forEach(name -> {
            try (DefaultCamelContext camel = new DefaultCamelContext()) {
                PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.resolveResource(camel, places.get(name)));
            } catch (Exception e) {
                found.accept(Finding.fault("Camel cannot read routes/" + name + ": " + line(e), "", "correct it"));
            }
        });
    }

    private static String line(Exception e) {
        return String.valueOf(e.getMessage()).replaceAll("\\s*\\n\\s*", " ");
    }
}
