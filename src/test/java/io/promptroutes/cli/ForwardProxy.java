package io.promptroutes.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A company's proxy: takes CONNECT and whole addresses, whatever host they name, and passes all on to one server. Thread-safe; two
 * threads for each connection.
 */
public final class ForwardProxy implements AutoCloseable {

    private final ServerSocket server;
    private final int upstream;
    private final SSLContext opens;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile String wants;
    private volatile int refuses;

    /**
     * @param upstream port of this machine, without TLS
     * @param opens    with whose certificate the proxy opens tunnels; null where it takes none
     */
    public ForwardProxy(int upstream, SSLContext opens) {
        this.upstream = upstream;
        this.opens = opens;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    /** @param credentials the Proxy-Authorization to ask for; null for none */
    public ForwardProxy wanting(String credentials) {
        wants = credentials;
        return this;
    }

    /** @param status of every answer from now on; 0 to let all through */
    public ForwardProxy refusing(int status) {
        refuses = status;
        return this;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** First lines of the requests that were let through. */
    public List<String> asked() {
        return asked;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            while (true) {
                String head = head(in);
                if (head.isEmpty()) {
                    return;
                }
                if (refuses != 0) {
                    answer(client, refuses + " No", "Content-Length: 26\r\n\r\n<html>not from here</html>");
                    return;
                }
                if (wants != null && !head.contains("\r\nProxy-Authorization: " + wants + "\r\n")) {
                    answer(client, "407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"corp\"\r\nContent-Length: 0\r\n\r\n");
                    continue;
                }
                asked.add(head.lines().findFirst().orElse(""));
                forward(client, in, head);
                return;
            }
        } catch (IOException gone) {
            // the client ended the call
        } finally {
            open.remove(client);
        }
    }

    private static void answer(Socket client, String status, String rest) throws IOException {
        client.getOutputStream().write(("HTTP/1.1 " + status + "\r\n" + rest).getBytes(StandardCharsets.ISO_8859_1));
    }

    private void forward(Socket client, InputStream in, String head) throws IOException {
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), upstream)) {
            open.add(server);
            InputStream from = in;
            OutputStream to = client.getOutputStream();
            if (head.startsWith("CONNECT ")) {
                answer(client, "200 Connection established", "\r\n");
                if (opens != null) {
                    SSLSocket opened = (SSLSocket) opens.getSocketFactory().createSocket(client, null, client.getPort(), true);
                    opened.setUseClientMode(false);
                    from = opened.getInputStream();
                    to = opened.getOutputStream();
                }
            } else {
                // one request a connection, in the form that a server takes
                server.getOutputStream().write(head.replaceFirst(" http://[^/]*", " ").replaceFirst("\r\n", "\r\nConnection: close\r\n")
                        .replaceAll("\r\nProxy-[^\r]*", "").getBytes(StandardCharsets.ISO_8859_1));
            }
            InputStream back = server.getInputStream();
            OutputStream out = to;
            start(() -> copy(back, out, client));
            copy(from, server.getOutputStream(), server);
        }
    }

    private static void copy(InputStream from, OutputStream to, Socket ended) {
        try (ended) {
            from.transferTo(to);
        } catch (IOException gone) {
            // either side has ended
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.write(b);
            if (b == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
        return "";
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "forward-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
