package io.promptroutes.cli;

import io.promptroutes.ledger.BudgetState;
import io.promptroutes.ledger.Limit;
import io.promptroutes.ledger.Period;
import io.promptroutes.ledger.Scope;
import io.promptroutes.model.Usd;
import io.promptroutes.prompt.Shown;
import io.promptroutes.settings.BudgetSettings;
import io.promptroutes.settings.UsageException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command {@code budgets}: how much of each limit is gone, and limits of tenants as rows, which hold at once in all processes. */
@Command(name = "budgets", description = "Shows what is gone of each budget, and sets or removes those of tenants.")
final class BudgetsCommand extends ConfiguredCommand {

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Shows every period in which a limit holds: spent, held for calls of unknown "
            + "cost, reserved by calls that run, and left.")
    int list() {
        return withLedger((ledger, settings) -> {
            PrintWriter out = out();
            out.printf("%-40s %-12s %12s %12s %12s %12s %12s%n", "budget", "period", "limit $", "spent $", "held $", "reserved $", "left $");
            ledger.history().budgets().stream().filter(budget -> budget.limitUsd() != null).forEach(budget -> out.println(line(budget)));
            ledger.history().tenantLimits().forEach(limit -> out.println(limit(limit) + " (row)"));
            new BudgetSettings(settings).limits().forEach(limit -> out.println(limit(limit)));
            return ExitCodes.ANSWERED;
        });
    }

    @Command(name = "set", mixinStandardHelpOptions = true, description = "Sets a tenant's limits; a row beats what application.properties says.")
    int set(@Parameters(paramLabel = "TENANT") String tenant,
            @Option(names = "--day", paramLabel = "USD") BigDecimal day,
            @Option(names = "--month", paramLabel = "USD") BigDecimal month,
            @Option(names = "--model", paramLabel = "M", defaultValue = Limit.ANY, description = "For this model alone.") String model) {
        if (day == null && month == null) {
            throw new UsageException("budgets set " + tenant + " needs --day or --month, in US dollars");
        }
        return withLedger((ledger, settings) -> {
            try {
                if (day != null) {
                    ledger.tenantLimit(tenant, model, Period.DAY, day).join();
                }
                if (month != null) {
                    ledger.tenantLimit(tenant, model, Period.MONTH, month).join();
                }
            } catch (IllegalArgumentException e) {
                throw new UsageException("a limit must be an amount in US dollars, such as 5.00", e);
            }
            return ExitCodes.ANSWERED;
        });
    }

    @Command(name = "remove", mixinStandardHelpOptions = true, description = "Removes a tenant's rows.")
    int remove(@Parameters(paramLabel = "TENANT") String tenant,
            @Option(names = "--model", paramLabel = "M", defaultValue = Limit.ANY, description = "For this model alone.") String model) {
        return withLedger((ledger, settings) -> {
            ledger.tenantLimit(tenant, model, Period.DAY, null).join();
            ledger.tenantLimit(tenant, model, Period.MONTH, null).join();
            return ExitCodes.ANSWERED;
        });
    }

    private static String line(BudgetState budget) {
        String name = Stream.of(budget.scope().name(), budget.pipeline(), budget.tenant(), budget.model()).filter(Objects::nonNull).collect(Collectors.joining(" "));
        return String.format(Locale.ROOT, "%-40s %-12s %12s %12s %12s %12s %12s", Shown.of(name.toLowerCase(Locale.ROOT), Shown.NAME),
                budget.period() == Period.JOB ? "job" : budget.periodKey(), Usd.plain(budget.limitUsd()), Usd.plain(budget.spentUsd()),
                Usd.plain(budget.heldUsd()), Usd.plain(budget.reservedUsd()), Usd.plain(budget.leftUsd()));
    }

    private static String limit(Limit limit) {
        String whose = switch (limit.scope()) {
            case TOTAL -> "";
            case PIPELINE -> " " + limit.pipeline();
            case TENANT -> " " + limit.tenant();
            case MODEL -> " " + limit.model();
            case TENANT_MODEL -> " " + limit.tenant() + ", model " + limit.model();
        };
        return "limit: " + (limit.scope() == Scope.TENANT_MODEL ? Scope.TENANT : limit.scope()).name().toLowerCase(Locale.ROOT) + whose + ", $"
                + Usd.plain(limit.usd()) + " a " + limit.period().name().toLowerCase(Locale.ROOT);
    }
}
