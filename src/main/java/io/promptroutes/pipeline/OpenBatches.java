package io.promptroutes.pipeline;

import io.promptroutes.flow.Call;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.model.Chain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/** The prompts of this process that wait to be asked together, and those that are asked and wait for their answers. They hold no thread and no permit. Thread-safe. */
public final class OpenBatches {

    private final Options.Batching settings;
    private final Map<Kind, Group> filling = new LinkedHashMap<>();
    private final List<Group> full = new ArrayList<>();
    private final Map<UUID, Map<UUID, Seat>> asked = new HashMap<>();
    private int most;
    private boolean hurry;
    private String words = "";
    private long bytes;

    OpenBatches(Options.Batching settings) {
        this.settings = settings;
        most = settings.requests();
    }

    /** What the lines of a batch have in common. @param format of its answers, where a batch takes one only; else empty */
    record Kind(String model, String only, String format) {
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

    /** Prompts that are to be asked together. */
    record Group(Kind kind, List<Seat> seats, Instant since) {

        long bytes() {
            return seats.stream().mapToLong(Seat::bytes).sum();
        }
    }

    /** Takes a place in a group. */
    synchronized void join(Seat seat, Instant now) {
        Group group = filling.computeIfAbsent(seat.kind(), kind -> new Group(kind, new ArrayList<>(), now));
        if (!group.seats().isEmpty() && group.bytes() + seat.bytes() > settings.bytes()) {
            full.add(filling.remove(seat.kind()));
            group = filling.computeIfAbsent(seat.kind(), kind -> new Group(kind, new ArrayList<>(), now));
        }
        group.seats().add(seat);
        bytes += seat.bytes();
        if (group.seats().size() >= most) {
            full.add(filling.remove(seat.kind()));
        }
    }

    /** The groups that are full, or have waited long enough; whoever takes them sends them. */
    synchronized List<Group> ready(Instant now) {
        List<Group> ready = new ArrayList<>(full);
        full.clear();
        for (Iterator<Group> groups = filling.values().iterator(); groups.hasNext();) {
            Group group = groups.next();
            if (hurry || !group.since().plus(settings.linger()).isAfter(now)) {
                ready.add(group);
                groups.remove();
            }
        }
        ready.forEach(group -> bytes -= group.bytes());
        return ready;
    }

    /** Nothing more comes: no group waits for others. */
    public synchronized void hurry() {
        hurry = true;
    }

    /** @param states what is known of the batches that somebody here waits for */
    synchronized void states(String states) {
        words = states;
    }

    /** How they are, for people. */
    public synchronized String words() {
        return asked.size() + " open" + (words.isEmpty() ? "" : " (" + words + ")") + ", " + waiting() + " prompts in them, " + gathering() + " not sent yet";
    }

    /** It is to be sent later. */
    synchronized void giveBack(Group group) {
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
            filling.values().forEach(group -> leave(group.seats(), why, left));
            full.forEach(group -> leave(group.seats(), why, left));
            filling.values().removeIf(group -> group.seats().isEmpty());
            full.removeIf(group -> group.seats().isEmpty());
            asked.values().forEach(seats -> leave(seats.values(), why, left));
            asked.values().removeIf(Map::isEmpty);
            bytes -= left.stream().mapToLong(Seat::bytes).sum();
        }
        return left;
    }

    private static void leave(Collection<Seat> seats, Function<Seat, Outcome> why, List<Seat> left) {
        seats.removeIf(seat -> why.apply(seat) != null && left.add(seat));
    }
}
