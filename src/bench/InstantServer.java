import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Looks like OpenRouter from outside and does next to nothing inside: every chat is answered with the same padded, chunked JSON and
 * an id of its own. Speaks just as much HTTP/1.1 as the two clients of the benchmark need.
 *
 * <p>{@code java InstantServer PORTFILE LATENCY_MS [SLOW_MS]}: takes a free loopback port and writes it to PORTFILE. With SLOW_MS, prompts
 * that begin with "Slowly" take so long.
 *
 * <p>It also holds the watch. After {@code GET /watch/PID/FROM/TO} it reads the CPU time of process PID as the FROM-th and the TO-th
 * chat arrive, and {@code GET /report} says what lay between: CPU us per prompt, prompts/s, bytes of a request; last comes the CPU us per prompt
 * from the start of the process on. So all clients are measured by the same means, and nothing polls while they run. One event loop, so nothing
 * here is shared between threads.
 */
public final class InstantServer {

    private static final String TEXT = "The short answer is yes, as long as the soil drains well. ".repeat(10).strip();
    private static final byte[] HEAD = ascii("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nX-Generation-Id: ");
    private static final byte[] BEFORE_ID = ascii("\n         \n".repeat(8) + "{\"id\":\"");
    private static final byte[] BEFORE_MODEL = ascii("\",\"object\":\"chat.completion\",\"created\":1790000000,\"model\":\"");
    private static final byte[] AFTER_MODEL = ascii("\",\"provider\":\"Instant\",\"system_fingerprint\":null,\"choices\":[{\"logprobs\":null,"
            + "\"finish_reason\":\"stop\",\"native_finish_reason\":\"stop\",\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + TEXT
            + "\",\"refusal\":null,\"reasoning\":null}}],\"usage\":{\"prompt_tokens\":221,\"completion_tokens\":131,\"total_tokens\":352,"
            + "\"cost\":0.00011175,\"is_byok\":false,\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},"
            + "\"cost_details\":{\"upstream_inference_cost\":null},\"completion_tokens_details\":{\"reasoning_tokens\":0,\"image_tokens\":0}}}");
    private static final byte[] MODEL_FIELD = ascii("\"model\":\"");
    private static final byte[] SLOW_PROMPT = ascii("\"Slowly");
    private static final int ID_LENGTH = 31;

    private final byte[] models;
    private final int latencyMillis;
    private final int slowMillis;
    private long chats;
    private long bodyBytes;
    private Watch watch;

    private InstantServer(int latencyMillis, int slowMillis) throws IOException {
        this.latencyMillis = latencyMillis;
        this.slowMillis = slowMillis;
        try (InputStream in = InstantServer.class.getResourceAsStream("/io/promptroutes/models.json")) {
            models = in.readAllBytes();
        }
    }

    public static void main(String[] args) throws Exception {
        InstantServer server = new InstantServer(Integer.parseInt(args[1]), args.length > 2 ? Integer.parseInt(args[2]) : 0);
        Channel channel = new ServerBootstrap().group(new NioEventLoopGroup(1)).channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024).childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(server.new Connection());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).sync().channel();
        Path whole = Files.writeString(Path.of(args[0] + ".new"), "" + ((InetSocketAddress) channel.localAddress()).getPort());
        Files.move(whole, Path.of(args[0]));
        channel.closeFuture().sync();
    }

    /** What lies between two chats of one process. */
    private static final class Watch {
        private final ProcessHandle process;
        private final long from;
        private final long to;
        private long startNanos;
        private long bytesAtStart;
        private Duration cpuAtStart;
        private String report = "";

        Watch(String pid, String from, String to) {
            process = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
            this.from = Long.parseLong(from);
            this.to = Long.parseLong(to);
        }

        void arrived(long chat, long bytes) {
            if (chat == from) {
                startNanos = System.nanoTime();
                bytesAtStart = bytes;
                cpuAtStart = process.info().totalCpuDuration().orElseThrow();
            } else if (chat == to) {
                double prompts = to - from;
                Duration cpu = process.info().totalCpuDuration().orElseThrow();
                report = String.format(Locale.ROOT, "%.1f %.0f %.1f %.1f", cpu.minus(cpuAtStart).toNanos() / 1e3 / prompts,
                        prompts / ((System.nanoTime() - startNanos) / 1e9), (bytes - bytesAtStart) / prompts, cpu.toNanos() / 1e3 / to);
            }
        }
    }

    private final class Connection extends ByteToMessageDecoder {

        private static final int NEED_HEAD = -1;
        private int bodyLength = NEED_HEAD;
        private String target;

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            if (bodyLength == NEED_HEAD && !readHead(in)) {
                return;
            }
            if (in.readableBytes() >= bodyLength) {
                ByteBuf body = in.readSlice(bodyLength);
                bodyLength = NEED_HEAD;
                answer(context, body);
            }
        }

        private boolean readHead(ByteBuf in) {
            int length = 0;
            int line = in.readerIndex();
            String first = null;
            while (true) {
                int end = in.indexOf(line, in.writerIndex(), (byte) '\n');
                if (end < 0) {
                    return false;
                }
                if (end - line <= 1) {
                    in.readerIndex(end + 1);
                    target = first.split(" ")[1];
                    bodyLength = length;
                    return true;
                }
                if (first == null) {
                    first = in.toString(line, end - line, StandardCharsets.US_ASCII);
                } else if (end - line > 16 && in.getByte(line + 14) == ':' && (in.getByte(line) | 32) == 'c') {
                    // the only header whose name is 14 letters long and begins with c: Content-Length
                    length = Integer.parseInt(in.toString(line + 15, end - line - 15, StandardCharsets.US_ASCII).strip());
                }
                line = end + 1;
            }
        }

        private void answer(ChannelHandlerContext context, ByteBuf body) {
            if (target.endsWith("/chat/completions")) {
                chats++;
                bodyBytes += body.readableBytes();
                if (watch != null) {
                    watch.arrived(chats, bodyBytes);
                }
                ByteBuf answer = chat(context, body);
                int millis = slowMillis > 0 && ByteBufUtil.indexOf(Unpooled.wrappedBuffer(SLOW_PROMPT), body) >= 0 ? slowMillis : latencyMillis;
                if (millis == 0) {
                    context.writeAndFlush(answer, context.voidPromise());
                } else {
                    context.executor().schedule(() -> context.writeAndFlush(answer), millis, TimeUnit.MILLISECONDS);
                }
            } else if (target.endsWith("/models")) {
                whole(context, models);
            } else if (target.startsWith("/watch/")) {
                String[] parts = target.split("/");
                chats = 0;
                watch = new Watch(parts[2], parts[3], parts[4]);
                whole(context, new byte[0]);
            } else {
                whole(context, ascii(watch == null ? "" : watch.report));
            }
        }

        private ByteBuf chat(ChannelHandlerContext context, ByteBuf body) {
            int model = ByteBufUtil.indexOf(Unpooled.wrappedBuffer(MODEL_FIELD), body) + MODEL_FIELD.length;
            int modelLength = body.indexOf(model, body.writerIndex(), (byte) '"') - model;
            byte[] id = ascii("gen-1790000000-" + Long.toString(1_000_000_000_000_000L + chats));
            int length = BEFORE_ID.length + ID_LENGTH + BEFORE_MODEL.length + modelLength + AFTER_MODEL.length;
            ByteBuf answer = context.alloc().buffer(HEAD.length + length + 80);
            answer.writeBytes(HEAD).writeBytes(id).writeBytes(ascii("\r\n\r\n" + Integer.toHexString(length) + "\r\n"));
            answer.writeBytes(BEFORE_ID).writeBytes(id).writeBytes(BEFORE_MODEL).writeBytes(body, model, modelLength).writeBytes(AFTER_MODEL);
            return answer.writeBytes(ascii("\r\n0\r\n\r\n"));
        }

        private static void whole(ChannelHandlerContext context, byte[] body) {
            String head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n";
            context.writeAndFlush(Unpooled.wrappedBuffer(ascii(head), body));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close(); // a client that is gone
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
