package io.promptroutes.ledger;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteBatchesTest extends BatchesContract {

    @TempDir
    private Path directory;

    @Override
    LedgerSettings settings() {
        return TestLedgers.made(directory.resolve("data"));
    }
}
