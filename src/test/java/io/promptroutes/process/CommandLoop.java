package io.promptroutes.process;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.cli.InThisProcess;
import io.promptroutes.cli.PromptRoutes;
import io.promptroutes.prompt.Json;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * One command after another in one process, each as if it had the process to itself: with environment, standard input, system properties and
 * log levels of its own. A command is a line of JSON on standard input, what came of it one on standard output.
 */
final class CommandLoop {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Properties properties;

    private CommandLoop() {
        // once: whoever writes there may keep what it has found
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        System.setProperty("vertx.disableFileCPResolving", "true");
        InThisProcess.begin();
        properties = copy(System.getProperties());
    }

    public static void main(String[] args) throws Exception {
        // first of its package, which has a version then
        Objects.requireNonNull(PromptRoutes.class.getPackage().getImplementationVersion(), "the built jar");
        PrintStream answers = System.out;
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        CommandLoop loop = new CommandLoop();
        try {
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                answers.write(Json.bytes(loop.answer(Json.MAPPER.readTree(line))));
                answers.write('\n');
                answers.flush();
            }
            Files.deleteIfExists(Path.of("").toAbsolutePath());
        } finally {
            Runtime.getRuntime().halt(0); // whoever started this is gone, or told by the end of the answers
        }
    }

    private JsonNode answer(JsonNode command) throws Exception {
        System.setProperties(copy(properties));
        Configurator.reconfigure(CommandLoop.class.getResource("/io/promptroutes/log4j2.properties").toURI());
        InThisProcess.begin();
        environment(Json.MAPPER.convertValue(command.path("environment"), Json.MAPPER.getTypeFactory().constructMapType(Map.class, String.class, String.class)));
        System.setIn(new ByteArrayInputStream(command.path("input").asText().getBytes(StandardCharsets.UTF_8)));
        out.reset();
        err.reset();
        List<String> arguments = new ArrayList<>();
        command.path("arguments").forEach(one -> arguments.add(one.asText()));
        int exit = InThisProcess.execute(arguments.toArray(String[]::new));
        return Json.MAPPER.createObjectNode().put("exit", exit).put("out", out.toString(StandardCharsets.UTF_8)).put("err", err.toString(StandardCharsets.UTF_8));
    }

    private static Properties copy(Properties from) {
        Properties copy = new Properties();
        from.stringPropertyNames().forEach(name -> copy.setProperty(name, from.getProperty(name)));
        return copy;
    }

    /** What Java shows of the environment cannot be changed but by the map below; needs {@code --add-opens java.base/java.util=ALL-UNNAMED}. */
    @SuppressWarnings("unchecked")
    private static void environment(Map<String, String> wanted) throws ReflectiveOperationException {
        Field below = System.getenv().getClass().getDeclaredField("m");
        below.setAccessible(true);
        Map<String, String> map = (Map<String, String>) below.get(System.getenv());
        map.keySet().retainAll(wanted.keySet());
        map.putAll(wanted);
    }
}
