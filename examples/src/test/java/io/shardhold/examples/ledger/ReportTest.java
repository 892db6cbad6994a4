package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    @Test
    void everyReportSurvivesThePipe() {
        List<Report> reports = List.of(
                new Report.Up(),
                new Report.Failed("port 1 is in use\nby another"),
                new Report.Hosting(32, true),
                new Report.Progress(1, 2, 3, 4, "no answer"),
                new Report.Happened("coordinates under term 5"));
        for (Report report : reports) {
            assertThat(report.toLine()).doesNotContain("\n").startsWith("{\"report\":");
            assertThat(Report.parse(report.toLine())).contains(report);
        }
    }

    @Test
    void otherLinesAreNoReports() {
        assertThat(Report.parse("")).isEmpty();
        assertThat(Report.parse("loading libraries")).isEmpty();
        assertThat(Report.parse("{\"report\":\"up\"")).isEmpty();
        assertThat(Report.parse("{\"report\":\"unknown\"}")).isEmpty();
    }
}
