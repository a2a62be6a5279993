package io.promptroutes.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker of one node in KRaft mode, in this process, or by {@link #main} in one of its own that can be killed and started
 * again on the same folder and ports.
 */
public final class KafkaBroker implements AutoCloseable {

    private static final String CLUSTER = "prompt-routes-tests-ab";

    private final KafkaRaftServer server;
    private final int port;

    private KafkaBroker(Path folder, int port, int controllerPort, Map<String, String> more) throws Exception {
        this.port = port;
        quietly(new Formatter()
                .setClusterId(CLUSTER)
                .setNodeId(1)
                .setDirectories(List.of(folder.toString()))
                .setMetadataLogDirectory(folder.toString())
                .setControllerListenerName("CONTROLLER")
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setIgnoreFormatted(true));
        Properties settings = settings(folder, port, controllerPort);
        settings.putAll(more);
        server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
        server.startup();
    }

    /** In this process, on free ports. */
    public static KafkaBroker start(Path folder) throws Exception {
        return start(folder, Map.of());
    }

    /** @param more of the broker's own settings */
    public static KafkaBroker start(Path folder, Map<String, String> more) throws Exception {
        return new KafkaBroker(folder, freePort(), freePort(), more);
    }

    /** As a process, on given ports; waits until it accepts requests. Kill it with {@link Process#destroyForcibly}. */
    public static Process startProcess(Path folder, int port, int controllerPort) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path ready = folder.resolve("ready");
        Files.deleteIfExists(ready);
        Process process = JavaProcess.start(folder.resolve("broker.log"), KafkaBroker.class,
                folder.resolve("data").toString(), String.valueOf(port), String.valueOf(controllerPort), ready.toString());
        while (!Files.exists(ready)) {
            if (!process.isAlive()) {
                throw new IOException("the broker ended: " + Files.readString(folder.resolve("broker.log")));
            }
            process.waitFor(50, TimeUnit.MILLISECONDS);
        }
        return process;
    }

    /** Arguments: data folder, port, controller's port, file to write when ready. Runs until it is killed, or asked to stop by a SIGTERM. */
    public static void main(String[] args) throws Exception {
        KafkaBroker broker = new KafkaBroker(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]), Map.of());
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        Files.writeString(Path.of(args[3]), "ready", StandardCharsets.UTF_8);
    }

    public String bootstrapServers() {
        return "localhost:" + port;
    }

    /** Below the ports that systems give out by themselves: nobody comes by it while its server is down. */
    public static int freePort() throws IOException {
        while (true) {
            try (ServerSocket socket = new ServerSocket(ThreadLocalRandom.current().nextInt(15_000, 30_000))) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // taken: another one
            }
        }
    }

    private static Properties settings(Path folder, int port, int controllerPort) {
        Properties settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@localhost:" + controllerPort);
        settings.put("listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("log.dirs", folder.toString());
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.min.session.timeout.ms", "1000");
        settings.put("auto.create.topics.enable", "false");
        settings.put("log.cleaner.enable", "false");
        return settings;
    }

    private static void quietly(Formatter formatter) throws Exception {
        try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            formatter.setPrintStream(nowhere).run();
        }
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }
}
