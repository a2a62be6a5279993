package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs start no pipeline, and never connect to a broker, whatever the keys name. */
class NoBrokerTest {

    @TempDir
    private Path folder;

    private int connections(String... command) throws Exception {
        Path prompts = Files.writeString(folder.resolve("prompts.jsonl"), "{\"prompt\":\"Hello\"}\n");
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket broker = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread accepting = new Thread(() -> {
                try {
                    while (!broker.isClosed()) {
                        broker.accept().close();
                        connections.incrementAndGet();
                    }
                } catch (IOException closed) {
                    // the test is over
                }
            });
            accepting.start();
            List<String> arguments = new ArrayList<>();
            for (String one : command) {
                arguments.add(one.replace("PROMPTS", prompts.toString()).replace("OUT", folder.resolve("out").toString()));
            }
            arguments.addAll(List.of("--simulate", "-D", "simulator.latency=1ms", "-D", "kafka.brokers=127.0.0.1:" + broker.getLocalPort(), "-D", "pipelines=prompts", "-D",
                    "ledger.directory=" + folder.resolve("data")));
            StringWriter err = new StringWriter();
            assertThat(PromptRoutes.execute(arguments.toArray(String[]::new), new PrintWriter(new StringWriter()), new PrintWriter(err, true))).as(err.toString()).isZero();
            broker.close();
            accepting.join();
        }
        return connections.get();
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch PROMPTS --out OUT", "batch PROMPTS --out OUT --estimate", "ask Hello", "models", "costs"})
    void noCommandButRunAndCheckAsksABroker(String command) throws Exception {
        assertThat(connections(command.split(" "))).isZero();
    }

    @Test
    void checkAsksIt() throws Exception {
        try (ServerSocket broker = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            StringWriter out = new StringWriter();
            PromptRoutes.execute(new String[] {"check", "--simulate", "-D", "management.port=0", "-D", "kafka.brokers=127.0.0.1:" + broker.getLocalPort(), "-D",
                "ledger.directory=" + folder.resolve("data")}, new PrintWriter(out, true), new PrintWriter(out, true));
            assertThat(out.toString()).contains("no Kafka broker can be asked at 127.0.0.1:" + broker.getLocalPort());
        }
    }
}
