package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.process.Product.Ended;
import io.promptroutes.prompt.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process of the built jar that is kept for all tests of this JVM, and runs one command after another: most of a command's CPU is the start of
 * its process. A process cannot change its working directory, so what is in a test's folder lies in that of this process while a command runs.
 */
final class KeptProcess {

    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static KeptProcess kept;

    private final Path folder = Files.createTempDirectory("kept-");
    private final Process process;
    private final BufferedReader answers;

    /** @param java up to the class path */
    private KeptProcess(List<String> java, Path jar) throws IOException {
        String tests = Path.of("target", "test-classes").toAbsolutePath().toString();
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("--add-opens", "java.base/java.util=ALL-UNNAMED", "-cp", jar + System.getProperty("path.separator") + tests, CommandLoop.class.getName()));
        process = new ProcessBuilder(command).directory(folder.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** @param java up to the class path, for the first command. @param from what is there when the command starts, and then what it has left */
    static synchronized Ended run(List<String> java, Path jar, Path from, Map<String, String> environment, String input, List<String> arguments) {
        try {
            if (kept == null || !kept.process.isAlive()) {
                kept = new KeptProcess(java, jar);
            }
            move(from, kept.folder);
            try {
                return kept.run(environment, input, arguments);
            } finally {
                move(kept.folder, from);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Ended run(Map<String, String> environment, String input, List<String> arguments) throws IOException {
        ObjectNode command = Json.MAPPER.createObjectNode().put("input", input).putPOJO("environment", environment).putPOJO("arguments", arguments);
        process.getOutputStream().write(Json.bytes(command));
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        try {
            String line = CompletableFuture.supplyAsync(this::line).get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(line).as("the kept process ended in: %s", arguments).isNotNull();
            JsonNode answer = Json.MAPPER.readTree(line);
            return new Ended(answer.path("exit").asInt(), answer.path("out").asText(), answer.path("err").asText());
        } catch (Exception e) {
            process.destroyForcibly().onExit().join();
            throw new AssertionError("not ended after " + LONGEST + ": " + arguments, e);
        }
    }

    private String line() {
        try {
            return answers.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.move(file, to.resolve(file.getFileName()));
            }
        }
    }
}
