package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.SQLException;
import org.sqlite.Function;

/** SQLite's exact sum of amounts that are kept as text; null counts as nothing, as in SQL, and no row at all as 0. SQLite copies it for each sum. */
final class DecimalSum extends Function.Aggregate {

    static final String NAME = "dec_sum";

    private BigDecimal sum = BigDecimal.ZERO;

    @Override
    protected void xStep() throws SQLException {
        String amount = value_text(0);
        sum = amount == null ? sum : sum.add(new BigDecimal(amount));
    }

    @Override
    protected void xFinal() throws SQLException {
        result(sum.toPlainString());
    }
}
