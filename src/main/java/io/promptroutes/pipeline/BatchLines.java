package io.promptroutes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.call.BatchLineReader;
import io.promptroutes.flow.BatchChoice;
import io.promptroutes.ledger.BatchLine;
import io.promptroutes.ledger.BatchLine.State;
import io.promptroutes.ledger.BatchRow;
import io.promptroutes.ledger.Batches;
import io.promptroutes.ledger.Durable;
import io.promptroutes.model.PriceList;
import io.promptroutes.model.TokenCounter;
import io.promptroutes.model.Usage;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Takes the results of a batch as they are read, and puts them into the ledger some at a time. One use. */
final class BatchLines implements Consumer<JsonNode> {

    private static final int AT_ONCE = 200;
    private static final int BYTES_AT_ONCE = 4 << 20;

    private final Batches batches;
    private final BatchRow batch;
    private final PriceList prices;
    private final TokenCounter tokens;
    private final List<BatchLine> read = new ArrayList<>();
    private long bytes;
    private int ours;
    private int others;

    BatchLines(Batches batches, BatchRow batch, PriceList prices, TokenCounter tokens) {
        this.batches = batches;
        this.batch = batch;
        this.prices = prices;
        this.tokens = tokens;
    }

    @Override
    public void accept(JsonNode line) {
        int n = BatchLineReader.number(batch.nonce(), line);
        if (n < 0) {
            others++;
            return;
        }
        ours++;
        byte[] raw = Json.bytes(line);
        bytes += raw.length;
        read.add(line(n, line, raw));
        if (read.size() >= AT_ONCE || bytes > BYTES_AT_ONCE) {
            flush();
        }
    }

    private BatchLine line(int n, JsonNode line, byte[] raw) {
        Usage usage = BatchLineReader.usage(line);
        BigDecimal told = usage == null ? null : usage.toldUsd();
        if (BatchLineReader.answered(line)) {
            return BatchLine.came(n, State.ANSWERED, raw, told != null ? null : weight(usage, line), told);
        }
        return BatchLine.came(n, BatchLineReader.says(line) ? State.FAILED : State.UNKNOWN, raw, null, told);
    }

    /** Its share is what it would cost by the list; where it does not say what it used, what it answers. */
    private BigDecimal weight(Usage usage, JsonNode line) {
        long out = usage == null ? tokens.count(BatchLineReader.text(line)) : 0;
        Usage used = usage == null ? new Usage(0, out, 0, 0, 0, out, null) : usage;
        return prices.of(BatchChoice.row(batch.model())).price().cost(used, 0, Instant.now()).orElse(BigDecimal.ZERO);
    }

    /** What was read is on disk. */
    void flush() {
        if (!read.isEmpty()) {
            Durable.result(batches.collect(batch.id(), read));
            read.clear();
            bytes = 0;
        }
    }

    /** Lines that belong to the batch. */
    int ours() {
        return ours;
    }

    /** Lines without a name of ours. */
    int others() {
        return others;
    }
}
