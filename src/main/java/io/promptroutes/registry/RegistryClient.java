package io.promptroutes.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.call.Network;
import io.promptroutes.call.WallClock;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/** Asks a registry that speaks Confluent's REST API. Each question has a limit in time and size. Thread-safe. */
public final class RegistryClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Timeout CONNECT = Timeout.ofSeconds(5);
    private static final int LONGEST = 8 << 20;
    /** By which a registry says that it does not have a subject, a version or a schema; another 404 is that of a wrong path. */
    private static final Set<Integer> ABSENT = Set.of(40_401, 40_402, 40_403);

    private final RegistryAddress address;
    private final WallClock wallClock = new WallClock(LONGEST, PATIENCE);
    private final CloseableHttpClient http;
    /** Whether it has given a schema: then a bare 404 is about the next one, and not about the path. */
    private volatile boolean proven;

    /** @param trusted whose certificates are taken; null for those of the JVM */
    public RegistryClient(RegistryAddress address, SSLContext trusted) {
        this.address = address;
        http = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setConnectionFactory(ManagedHttpClientConnectionFactory.builder().http1Config(Network.HEADERS).build())
                        .setDefaultConnectionConfig(ConnectionConfig.custom().setConnectTimeout(CONNECT).setSocketTimeout(Timeout.of(PATIENCE)).build())
                        .setTlsSocketStrategy(trusted == null ? DefaultClientTlsStrategy.createSystemDefault() : new DefaultClientTlsStrategy(trusted)).build())
                .disableAutomaticRetries().disableRedirectHandling().disableCookieManagement().disableAuthCaching().setUserAgent("prompt-routes")
                .setConnectionReuseStrategy((request, response, context) -> false) // a question a schema: none meets a connection that was closed meanwhile
                .addExecInterceptorFirst("wall-clock", wallClock).build();
    }

    /** Null where it is not there. */
    JsonNode schema(int id) throws RegistryUnreachable {
        return get("/schemas/ids/" + id);
    }

    /** Null where it is not there. */
    JsonNode version(String subject, String version) throws RegistryUnreachable {
        return get("/subjects/" + encoded(subject) + "/versions/" + encoded(version));
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonNode get(String path) throws RegistryUnreachable {
        HttpGet request = new HttpGet(address.base() + path);
        request.setHeader("Accept", "application/vnd.schemaregistry.v1+json, application/json");
        if (address.authorization() != null) {
            request.setHeader("Authorization", address.authorization());
        }
        try {
            return http.execute(request, response -> read(response.getCode(), response.getEntity() == null ? new byte[0] : EntityUtils.toByteArray(response.getEntity())));
        } catch (RegistryUnreachable e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unreachable("cannot be reached: " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        }
    }

    private JsonNode read(int status, byte[] body) throws RegistryUnreachable {
        JsonNode answer = Json.tree(body);
        if (status == 200 && answer.path("schema").isTextual()) {
            proven = true;
            return answer;
        }
        if (status == 404 && (ABSENT.contains(answer.path("error_code").asInt()) || proven && answer.has("error_code"))) {
            return null;
        }
        throw unreachable(switch (status) {
            case 200 -> "answers with something that is no schema: see option registry";
            case 401, 403 -> "refuses the user of option registry (HTTP " + status + ")";
            case 404 -> "says 404 as one does that has no schemas there: see the path in option registry";
            default -> "answers with HTTP " + status;
        });
    }

    private RegistryUnreachable unreachable(String what) {
        return new RegistryUnreachable("the schema registry " + address + " " + what);
    }

    @Override
    public void close() {
        http.close(CloseMode.IMMEDIATE);
        wallClock.close();
    }

    /** Its place, without the user. */
    @Override
    public String toString() {
        return address.toString();
    }
}
