package io.promptroutes.pipeline;

import io.promptroutes.flow.Call;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.model.Chain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/** The prompts of this process that wait to be asked together, and those that are asked and wait for their answers. They hold no thread and no permit. Thread-safe. */
public final class OpenBatches {

    private final Options.Batching settings;
    private final Map<Kind, BatchGroup> filling = new LinkedHashMap<>();
    private final List<BatchGroup> full = new ArrayList<>();
    private final Map<UUID, Map<UUID, Seat>> asked = new HashMap<>();
    private int most;
    private volatile BooleanSupplier hurry = () -> false;
    private String words = "";
    private ExpectedEnd end;
    private String trouble;
    private boolean news;
    private Instant read = Instant.EPOCH;
    private long bytes;

    OpenBatches(Options.Batching settings) {
        this.settings = settings;
        most = settings.requests();
    }

    /** What the lines of a batch have in common. @param format of its answers, where a batch takes one only; else empty @param within it is to be through */
    record Kind(String model, String only, String within, String format) {
    }

    /** A prompt that waits. */
    record Seat(Exchange exchange, AsyncCallback callback, PromptContext run, Kind kind) {

        /** What it asks, or is asked. */
        Call call() {
            return run.calls().next();
        }

        int bytes() {
            return call().request().bytes().length;
        }

        /** It goes on. */
        void leave(Outcome next) {
            exchange.setVariable(Variables.NEXT, next);
            callback.done(false);
        }

        /** It is called alone. */
        void alone(String why) {
            run.calls().alone(why);
            run.chain().end(Chain.Step.CALL);
            leave(Outcome.CALL);
        }
    }

    /** Takes a place in a group. */
    synchronized void join(Seat seat, Instant now) {
        BatchGroup group = filling.computeIfAbsent(seat.kind(), kind -> new BatchGroup(kind, now));
        if (!group.seats().isEmpty() && group.bytes() + seat.bytes() > settings.bytes()) {
            full.add(filling.remove(seat.kind()));
            group = filling.computeIfAbsent(seat.kind(), kind -> new BatchGroup(kind, now));
        }
        group.add(seat);
        bytes += seat.bytes();
        if (group.seats().size() >= most) {
            full.add(filling.remove(seat.kind()));
        }
    }

    /** The groups that are full, or have waited long enough; whoever takes them sends them. */
    List<BatchGroup> ready(Instant now) {
        return ready(now, hurry.getAsBoolean()); // asked without the lock: it may take others
    }

    private synchronized List<BatchGroup> ready(Instant now, boolean all) {
        List<BatchGroup> ready = new ArrayList<>(full);
        full.clear();
        for (Iterator<BatchGroup> groups = filling.values().iterator(); groups.hasNext();) {
            BatchGroup group = groups.next();
            if (all || !group.since().plus(settings.linger()).isAfter(now)) {
                ready.add(group);
                groups.remove();
            }
        }
        ready.forEach(group -> bytes -= group.bytes());
        return ready;
    }

    /** No group waits for others from now on. @param nobody whether no prompt is on its way to one just now */
    public void hurry(BooleanSupplier nobody) {
        hurry = nobody;
    }

    /** @param states what is known of the batches that somebody here waits for. expected, the end of all of them, or null */
    synchronized void states(String states, ExpectedEnd expected) {
        words = states;
        end = expected;
    }

    /** @param why they cannot be asked about; null where they can */
    synchronized void trouble(String why) {
        trouble = why;
    }

    /** Why they cannot be asked about; null where they can. */
    public synchronized String trouble() {
        return asked.isEmpty() ? null : trouble;
    }

    /** How they are, for people. */
    public synchronized String words(Instant now) {
        boolean known = !asked.isEmpty() && end != null;
        return asked.size() + " open" + (known ? ", " + end.words(now) : "") + "; " + waiting() + " prompts in them" + (words.isEmpty() || asked.isEmpty() ? "" : " (" + words + ")")
                + ", " + gathering() + " not sent yet";
    }

    /** The ledger knows more of them than it did. */
    synchronized void changed() {
        news = true;
    }

    /** Whether the ledger is to be read: this process has changed something there, or another one may have. Once true, it is not until then. */
    synchronized boolean news(Instant now) {
        boolean some = !asked.isEmpty() && (news || !read.plus(settings.poll()).isAfter(now));
        news &= !some;
        read = some ? now : read;
        return some;
    }

    /** It is to be sent later. */
    synchronized void giveBack(BatchGroup group) {
        full.add(group);
        bytes += group.bytes();
    }

    /** The service takes no body of that many lines. */
    synchronized void smaller(int lines) {
        most = Math.max(1, Math.min(most, lines / 2));
    }

    /** @param seats by their claims */
    synchronized void asked(UUID batch, Map<UUID, Seat> seats) {
        asked.computeIfAbsent(batch, id -> new HashMap<>()).putAll(seats);
        bytes += seats.values().stream().mapToLong(Seat::bytes).sum();
        news = true;
    }

    /** The batches that somebody here waits for. */
    public synchronized List<UUID> batches() {
        return List.copyOf(asked.keySet());
    }

    /** Prompts that have been asked, and are not answered. */
    public synchronized int waiting() {
        return asked.values().stream().mapToInt(Map::size).sum();
    }

    /** Prompts that are not asked yet. */
    public synchronized int gathering() {
        return filling.values().stream().mapToInt(group -> group.seats().size()).sum() + full.stream().mapToInt(group -> group.seats().size()).sum();
    }

    /** Of all requests that wait. */
    public synchronized long bytes() {
        return bytes;
    }

    synchronized List<UUID> claims(UUID batch) {
        return List.copyOf(asked.getOrDefault(batch, Map.of()).keySet());
    }

    /** Whoever waits for that line; null where nobody here does. */
    synchronized Seat take(UUID batch, UUID claim) {
        Map<UUID, Seat> seats = asked.getOrDefault(batch, new HashMap<>());
        Seat seat = seats.remove(claim);
        if (seats.isEmpty()) {
            asked.remove(batch);
        }
        bytes -= seat == null ? 0 : seat.bytes();
        return seat;
    }

    /** The process ends: all are left as they are, for its next run to come back to. */
    public void leave() {
        left(seat -> Outcome.STOPPED).forEach(seat -> seat.leave(Outcome.STOPPED));
    }

    /** Those that are to wait no longer. @param why what follows; null for those that stay */
    List<Seat> left(Function<Seat, Outcome> why) {
        List<Seat> left = new ArrayList<>();
        synchronized (this) {
            filling.values().forEach(group -> group.leave(why, left));
            full.forEach(group -> group.leave(why, left));
            filling.values().removeIf(group -> group.seats().isEmpty());
            full.removeIf(group -> group.seats().isEmpty());
            asked.values().forEach(seats -> BatchGroup.leave(seats.values(), why, left));
            asked.values().removeIf(Map::isEmpty);
            bytes -= left.stream().mapToLong(Seat::bytes).sum();
        }
        return left;
    }
}
