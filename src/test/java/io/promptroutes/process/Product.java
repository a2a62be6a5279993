package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.QuickJvm;
import io.promptroutes.simulator.Simulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The built jar as a process of the running JDK, in a working directory of its own, with nothing of this machine's settings.
 * Immutable but for the files that its processes write.
 */
final class Product {

    /** A key that is nowhere else, so that it can be searched for. */
    static final String KEY = "sk-or-v1-canary5f0c1e7d9b2a4c6e8f";

    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    /** Where each process of this JVM has its working directory. */
    private static final Map<Process, Path> FOLDERS = new ConcurrentHashMap<>();

    private final Path folder;
    private final List<String> before;
    private final List<String> jvm;
    private final Map<String, String> environment;
    /** By all copies of this product: they share the working directory. */
    private final List<Process> started;

    private Product(Path folder, List<String> before, List<String> jvm, Map<String, String> environment, List<Process> started) {
        this.folder = folder;
        this.before = before;
        this.jvm = jvm;
        this.environment = environment;
        this.started = started;
    }

    /** @param folder made where it is not there; the working directory */
    static Product in(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Product(folder, List.of(), List.of(), Map.of(), new CopyOnWriteArrayList<>());
    }

    /** With the simulator for OpenRouter, and the canary for the key. */
    Product calling(Simulator simulator) {
        return with("OPENROUTER_BASE_URL", simulator.baseUrl().toString()).with("OPENROUTER_API_KEY", KEY);
    }

    Product with(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        return new Product(folder, before, jvm, more, started);
    }

    Product withJvm(String option) {
        List<String> more = new ArrayList<>(jvm);
        more.add(option);
        return new Product(folder, before, more, environment, started);
    }

    /** @param command in front of {@code java …} */
    Product behind(String... command) {
        return new Product(folder, List.of(command), jvm, environment, started);
    }

    Product file(String name, String text) {
        try {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.writeString(folder.resolve(name), text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Ended run(String... arguments) {
        return start(arguments).ended(LONGEST);
    }

    Running start(String... arguments) {
        List<String> command = new ArrayList<>(before);
        command.addAll(java());
        command.addAll(jvm);
        command.addAll(List.of("-jar", jar().toString()));
        command.addAll(List.of(arguments));
        try {
            Path out = Files.createTempFile(folder, "stdout-", ".txt");
            Path err = Files.createTempFile(folder, "stderr-", ".txt");
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                    .redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment());
            if (started.stream().anyMatch(Process::isAlive)) {
                // else they would share one, and one the limits of another
                builder.environment().putIfAbsent("LEDGER_DIRECTORY", "data-" + started.size());
            }
            Process process = builder.start();
            started.add(process);
            FOLDERS.put(process, folder);
            return new Running(process, out, err, String.join(" ", arguments));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path jar() {
        Path jar = Path.of("target", "prompt-routes.jar").toAbsolutePath();
        assertThat(jar).as("the jar that `mvn package` makes").exists();
        return jar;
    }

    private static List<String> java() {
        List<String> java = new ArrayList<>(List.of(JAVA.toString()));
        java.addAll(QuickJvm.OPTIONS);
        java.addAll(ClassArchive.options(JAVA, QuickJvm.OPTIONS, jar()));
        return java;
    }

    private Map<String, String> environment() {
        Map<String, String> all = new HashMap<>(System.getenv());
        all.keySet().removeIf(Product::changesTheProduct);
        // any that is free: several may run at a time
        all.put("MANAGEMENT_PORT", "0");
        all.putAll(environment);
        return all;
    }

    private static boolean changesTheProduct(String variable) {
        return List.of("OPENROUTER_", "PROMPTS_", "RETRY_", "MODELS_", "SIMULATOR_", "PUBLISH_", "PAUSE_", "LOG4J_", "KAFKA_", "INBOX_", "MANAGEMENT_", "LEDGER_", "BUDGET_", "OTEL_", "METRICS_", "TRACING_", "LOGS_", "HEALTH_", "PROBES_", "HTTP_", "JAVA_TOOL", "JDK_JAVA")
                .stream().anyMatch(variable::startsWith);
    }

    /**
     * The same in a process that is kept ({@link KeptProcess}), where starting one is not what the test is about. It works in another folder, by
     * which the ledger knows a job: what is begun here goes on here.
     */
    Ended runHere(String... arguments) {
        return runHere("", List.of(arguments));
    }

    /** @param input on standard input */
    Ended runHere(String input, List<String> arguments) {
        assertThat(before.isEmpty() && jvm.isEmpty()).as("nothing that needs a process of its own").isTrue();
        FOLDERS.keySet().removeIf(process -> !process.isAlive());
        assertThat(FOLDERS.values()).as("folders of processes under way").noneMatch(used -> used.startsWith(folder));
        return KeptProcess.run(java(), jar(), folder, environment(), input, arguments);
    }

    /** A process under way. */
    record Running(Process process, Path out, Path err, String arguments) {

        Ended ended(Duration within) {
            try {
                if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly().waitFor();
                    throw new AssertionError("not ended after " + within + ": " + arguments + "\n" + read(err));
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
            return new Ended(process.exitValue(), read(out), read(err));
        }

        private static String read(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What a process left. */
    record Ended(int exit, String out, String err) {

        /** Fails with what was said where the code is another one. */
        Ended with(int code) {
            assertThat(exit).as("exit code; stderr:%n%s%nstdout:%n%s", err, out).isEqualTo(code);
            return this;
        }
    }
}
