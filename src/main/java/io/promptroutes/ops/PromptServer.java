package io.promptroutes.ops;

import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.main.MainHttpServer;

/** The port at which pipelines are asked by HTTP: Camel's own server, behind a token where it is not for this machine alone. */
public final class PromptServer {

    private final MainHttpServer server = new MainHttpServer();
    private final Token token;

    /** @throws UsageException where the port is taken, or open to others without a token */
    public PromptServer(Settings settings) {
        String host = settings.text("http.host");
        int port = settings.integer("http.port", 0, 65_535);
        token = new Token(settings.text("http.token"));
        try {
            InetAddress address = InetAddress.getByName(host);
            if (!address.isLoopbackAddress() && !token.usable()) {
                throw new UsageException("key http.host is \"" + host + "\", which others can reach: that needs a token that is not empty (key http.token, for example env:HTTP_SECRET)");
            }
            // Camel's server would log the failure and go on without a port
            try (ServerSocket free = new ServerSocket()) {
                free.setReuseAddress(true);
                free.bind(new InetSocketAddress(address, port));
            }
            server.setHost(address.getHostAddress());
        } catch (IOException e) {
            throw new UsageException("the port for prompts " + host + ":" + port + " cannot be had (" + e.getMessage() + "): another service may have it; set keys http.port and http.host", e);
        }
        server.setPort(port);
        server.setMaxBodySize((long) settings.integer("prompts.max-bytes", 1, Integer.MAX_VALUE));
        server.setFileUploadEnabled(false);
        server.getConfiguration().getAuthenticationConfig().getEntries().add(Token.before(question -> {
            if (token.admits(question.request().getHeader("Authorization"))) {
                question.next();
            } else {
                question.response().setStatusCode(401).putHeader("WWW-Authenticate", "Bearer").end();
            }
        }));
        server.getConfiguration().getAuthenticationConfig().setEnabled(true);
    }

    /** Listens. To be called before routes start. */
    public void open(CamelContext camel) {
        try {
            camel.addService(server, true, true);
        } catch (Exception e) {
            throw new UsageException("the port for prompts cannot be opened: " + e.getMessage(), e);
        }
    }
}
