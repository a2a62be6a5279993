package io.promptroutes.component;

import io.promptroutes.registry.RecordReader;
import io.promptroutes.registry.RegistryAddress;
import io.promptroutes.registry.RegistryClient;
import io.promptroutes.registry.SchemaRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import javax.net.ssl.SSLContext;
import org.apache.camel.CamelContext;

/** Records of a source whose schemas are in a registry. It is asked on threads of its own, so that it holds up no record of which the schema is known. Thread-safe. */
final class RegistryRecords implements AutoCloseable {

    private static final int THREADS = 2;

    private final CamelContext camel;
    private final RegistryClient client;
    private final ExecutorService threads;
    private final SchemaRegistry schemas;
    private final int most;

    /** @param trusted whose certificates are taken; null for those of the JVM. most, bytes of a record as JSON */
    RegistryRecords(CamelContext camel, Object owner, RegistryAddress address, SSLContext trusted, int most) {
        this.camel = camel;
        this.most = most;
        client = new RegistryClient(address, trusted);
        threads = Threads.pool(camel, owner, "windowed-kafka-registry", THREADS);
        schemas = new SchemaRegistry(client, threads);
    }

    /** How a record is read, done where its schema is known. */
    CompletableFuture<RecordReader> reader(byte[] record) {
        return schemas.reader(record);
    }

    /** Bytes of a record as JSON. */
    int most() {
        return most;
    }

    @Override
    public void close() {
        camel.getExecutorServiceManager().shutdownNow(threads);
        client.close();
    }
}
