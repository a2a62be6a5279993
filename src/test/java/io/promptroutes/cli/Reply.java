package io.promptroutes.cli;

import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;

/** What a scripted server does with one call: an answer, an error, or something worse. */
@FunctionalInterface
public interface Reply {

    /** A plain answer's cost, as its usage reports it. */
    String COST = "0.00000123";

    void write(Socket socket, OutputStream out) throws IOException, InterruptedException;

    /** @param headers name, value, name, value, … */
    static Reply json(int status, String body, String... headers) {
        return (socket, out) -> out.write(response(status, "application/json", body.getBytes(StandardCharsets.UTF_8), headers));
    }

    static Reply html(int status, String body) {
        return (socket, out) -> out.write(response(status, "text/html", body.getBytes(StandardCharsets.UTF_8)));
    }

    static Reply answer() {
        return answer("\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4,\"total_tokens\":14,\"cost\":" + COST + "}");
    }

    /** @param usage the answer's usage field, or another field in its place */
    static Reply answer(String usage) {
        return choice("""
                {"index":0,"finish_reason":"stop","native_finish_reason":"stop","message":{"role":"assistant","content":"Good."}}""", usage);
    }

    /** An answer with that text. */
    static Reply text(String text) {
        return choice("{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":%s}}".formatted(Json.MAPPER.valueToTree(text).toString()),
                "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4,\"total_tokens\":14,\"cost\":" + COST + "}");
    }

    static Reply choice(String choice, String usage) {
        return json(200, """
                {"id":"gen-of-answer","object":"chat.completion","provider":"Script","choices":[%s],%s}""".formatted(choice, usage));
    }

    static Reply error(int status, String message, String... headers) {
        return json(status, "{\"error\":{\"code\":%d,\"message\":\"%s\"}}".formatted(status, message), headers);
    }

    /** For headers that are told in relation to the moment of the call. */
    static Reply now(Supplier<Reply> reply) {
        return (socket, out) -> reply.get().write(socket, out);
    }

    static Reply after(Duration wait, Reply reply) {
        return (socket, out) -> {
            Thread.sleep(wait.toMillis());
            reply.write(socket, out);
        };
    }

    /** Nothing, for longer than any test waits. */
    static Reply silence() {
        return (socket, out) -> Thread.sleep(60_000);
    }

    /** The connection is reset before a byte has come, but not at once: that would be one that ended unused. */
    static Reply reset() {
        return (socket, out) -> {
            Thread.sleep(80);
            socket.setSoLinger(true, 0);
            socket.close();
        };
    }

    /** Headers and the beginning of the body, then the end of the connection. */
    static Reply half() {
        return (socket, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Generation-Id: gen-of-half\r\nContent-Length: 500\r\n\r\n{\"id\":"
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            socket.close();
        };
    }

    /** Headers at once, then a blank now and then, and never an end. */
    static Reply dribble(Duration every) {
        return (socket, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Generation-Id: gen-of-dribble\r\nContent-Length: 5000\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 4000; i++) {
                out.write(' ');
                out.flush();
                Thread.sleep(every.toMillis());
            }
        };
    }

    private static byte[] response(int status, String type, byte[] body, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Scripted\r\nContent-Type: " + type + "\r\nContent-Length: "
                + body.length + "\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[start.length + body.length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        return whole;
    }
}
