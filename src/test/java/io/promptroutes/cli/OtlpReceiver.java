package io.promptroutes.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes traces as any collector does, by OTLP over HTTP, and keeps their spans. */
public final class OtlpReceiver implements AutoCloseable {

    /** Ids in hexadecimal; kind and status as in OTLP; attributes as text. */
    public record Span(String trace, String id, String parent, String name, long kind, long status, Map<String, String> attributes) {
    }

    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    public OtlpReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", exchange -> {
            resources(ByteBuffer.wrap(exchange.getRequestBody().readAllBytes()));
            exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public List<Span> spans() {
        return spans;
    }

    /** Each field of a message of Protocol Buffers; numbers of any kind as a long. */
    private interface Field {
        void of(int number, ByteBuffer message, long value);
    }

    private static void read(ByteBuffer message, Field each) {
        ByteBuffer in = message.slice().order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            long tag = varint(in);
            switch ((int) tag & 7) {
                case 0 -> each.of((int) (tag >> 3), null, varint(in));
                case 1 -> each.of((int) (tag >> 3), null, in.getLong());
                case 5 -> each.of((int) (tag >> 3), null, in.getInt());
                default -> {
                    int length = (int) varint(in);
                    each.of((int) (tag >> 3), in.slice(in.position(), length), 0);
                    in.position(in.position() + length);
                }
            }
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0;; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private void resources(ByteBuffer request) {
        read(request, (resource, spansOf, none) -> read(spansOf, (scope, scoped, nothing) -> {
            if (scope == 2) {
                read(scoped, (field, span, no) -> {
                    if (field == 2) {
                        spans.add(span(span));
                    }
                });
            }
        }));
    }

    private static Span span(ByteBuffer message) {
        Map<Integer, String> texts = new TreeMap<>();
        Map<Integer, Long> numbers = new TreeMap<>();
        Map<String, String> attributes = new TreeMap<>();
        read(message, (field, part, value) -> {
            switch (field) {
                case 1, 2, 4 -> texts.put(field, HexFormat.of().formatHex(bytes(part)));
                case 5 -> texts.put(field, text(part));
                case 6 -> numbers.put(field, value);
                case 9 -> attribute(part, attributes);
                case 15 -> read(part, (inner, none, code) -> numbers.put(field, inner == 3 ? code : 0));
                default -> { }
            }
        });
        return new Span(texts.get(1), texts.get(2), texts.getOrDefault(4, ""), texts.get(5), numbers.getOrDefault(6, 0L), numbers.getOrDefault(15, 0L), attributes);
    }

    private static void attribute(ByteBuffer message, Map<String, String> attributes) {
        StringBuilder key = new StringBuilder();
        read(message, (field, part, none) -> {
            if (field == 1) {
                key.append(text(part));
            } else {
                attributes.put(key.toString(), value(part));
            }
        });
    }

    private static String value(ByteBuffer any) {
        StringBuilder value = new StringBuilder();
        read(any, (field, part, number) -> {
            if (field == 5) {
                read(part, (one, element, none) -> value.append(value.isEmpty() ? "" : ",").append(value(element)));
            } else {
                value.append(part == null ? String.valueOf(number) : text(part));
            }
        });
        return value.toString();
    }

    private static String text(ByteBuffer part) {
        return new String(bytes(part), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ByteBuffer part) {
        byte[] bytes = new byte[part.remaining()];
        part.duplicate().get(bytes);
        return bytes;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
