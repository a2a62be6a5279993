package io.promptroutes.pipeline;

import io.promptroutes.call.ApiKey;
import io.promptroutes.call.EchoMask;
import io.promptroutes.call.FreshConnection;
import io.promptroutes.call.Network;
import io.promptroutes.call.WallClock;
import java.time.Duration;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Sets up the HTTP client that talks to OpenRouter, for routes and commands alike: a connection for each permit, the key and the site's
 * names on every request, the network's proxy and certificates, the wall clock around it, and nothing behind our back (no retries,
 * redirects or cookies). Thread-safe.
 *
 * @param service its headers are sent with every request, beside the key, and its network is gone through
 */
public record OpenRouterHttp(ApiKey key, Options.Service service, WallClock wallClock, Limits limits) implements HttpClientConfigurer {

    private static final int LONGEST_REFUSAL = 1 << 20;

    /**
     * @param connections at most, all to one host
     * @param connect     until a connection is made
     * @param silence     without a byte; a net under the wall clock
     */
    public record Limits(int connections, Duration connect, Duration silence) {
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        PoolingHttpClientConnectionManager connections = connections(client);
        client.addExecInterceptorFirst("fresh-connection", new FreshConnection(connections))
                .addExecInterceptorFirst("network", service.network())
                .addExecInterceptorFirst("wall-clock", wallClock)
                .addExecInterceptorFirst("mask", mask());
    }

    /** One for bodies of any length, which are handed on as they come; it sends nothing twice, whatever becomes of a connection. */
    CloseableHttpClient streaming() {
        HttpClientBuilder client = HttpClientBuilder.create();
        connections(client);
        EchoMask mask = mask();
        return client.addExecInterceptorFirst("network", service.network()).addExecInterceptorFirst("mask", (request, scope, chain) -> {
            ClassicHttpResponse response = chain.proceed(request, scope);
            HttpEntity body = response.getEntity();
            if (response.getCode() / 100 == 2 || body == null) {
                return response;
            }
            response.setEntity(new ByteArrayEntity(body.getContent().readNBytes(LONGEST_REFUSAL), ContentType.parseLenient(body.getContentType())));
            return mask.execute(request, scope, (same, there) -> response);
        }).setConnectionReuseStrategy((request, response, context) -> false).build();
    }

    private EchoMask mask() {
        return new EchoMask(key, service.network().secrets());
    }

    private PoolingHttpClientConnectionManager connections(HttpClientBuilder client) {
        Timeout connect = Timeout.of(limits.connect());
        Timeout silence = Timeout.of(limits.silence());
        Network network = service.network();
        client.setProxy(network.proxy());
        if (network.password() != null) {
            BasicCredentialsProvider proxy = new BasicCredentialsProvider();
            proxy.setCredentials(new AuthScope(network.proxy()), new UsernamePasswordCredentials(network.user(), network.password().toCharArray()));
            client.setDefaultCredentialsProvider(proxy);
        }
        PoolingHttpClientConnectionManager connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder().http1Config(Network.HEADERS).build())
                .setMaxConnTotal(limits.connections())
                .setMaxConnPerRoute(limits.connections())
                .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(silence).setTcpNoDelay(true).build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(connect)
                        .setSocketTimeout(silence)
                        .setValidateAfterInactivity(TimeValue.ofSeconds(1)) // a look at a younger one would cost a millisecond a call
                        .build())
                .setTlsSocketStrategy(network.trusted() == null ? DefaultClientTlsStrategy.createSystemDefault()
                        : new DefaultClientTlsStrategy(network.trusted()))
                .build();
        client.setConnectionManager(connections)
                .setConnectionManagerShared(false)
                .setDefaultRequestConfig(RequestConfig.custom().setConnectionRequestTimeout(connect).setResponseTimeout(silence).build())
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .setUserAgent("prompt-routes")
                .addRequestInterceptorFirst((request, entity, context) -> {
                    if (key.present()) {
                        request.setHeader("Authorization", key.authorization());
                    }
                    service.headers().forEach(request::setHeader);
                });
        return connections;
    }
}
