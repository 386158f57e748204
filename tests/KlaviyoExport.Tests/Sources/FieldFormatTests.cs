using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

public sealed class FieldFormatTests
{
    private static readonly FieldFormat DayFirst = new(DayOrder.DayFirst, DecimalMark.Point);
    private static readonly FieldFormat MonthFirst = new(DayOrder.MonthFirst, DecimalMark.Point);

    [Theory]
    [InlineData("31/12/2025", "2025-12-31")]
    [InlineData("3/4/2026", "2026-04-03")]
    [InlineData("03-04-2026", "2026-04-03")]
    [InlineData("3.4.2026", "2026-04-03")]
    [InlineData(" 3.4.2026. ", "2026-04-03")]
    [InlineData("2026-04-03", "2026-04-03")]
    [InlineData("2026/4/3", "2026-04-03")]
    [InlineData("31/12/2025 23:30", "2025-12-31")]
    [InlineData("31/12/2025T23:30:00-01:00", "2026-01-01")]
    [InlineData("3.4.2026. 8:05", "2026-04-03")]
    [InlineData("29/02/2024", "2024-02-29")]
    public void A_date_is_read_with_the_day_first(string text, string day) => Assert.Equal(day, Day(DayFirst, text));

    [Theory]
    [InlineData("12/31/2025", "2025-12-31")]
    [InlineData("3/4/2026", "2026-03-04")]
    [InlineData("03-04-2026 11:59 PM", "2026-03-04")]
    [InlineData("3/4/2026 12:00:00am", "2026-03-04")]
    [InlineData("3.4.2026", "2026-04-03")]
    [InlineData("2026-04-03", "2026-04-03")]
    public void A_date_is_read_with_the_month_first_except_with_dots(string text, string day) => Assert.Equal(day, Day(MonthFirst, text));

    [Theory]
    [InlineData("12/31/2025")]
    [InlineData("31/12/25")]
    [InlineData("31.12.25")]
    [InlineData("31/12-2025")]
    [InlineData("31/12/20255")]
    [InlineData("31/12")]
    [InlineData("/12/2025")]
    [InlineData("31//2025")]
    [InlineData("031/12/2025")]
    [InlineData("31/12/2025 24:00")]
    [InlineData("31/12/2025 13:00 PM")]
    [InlineData("31/12/2025 0:30 AM")]
    [InlineData("29/02/2026")]
    [InlineData("31 12 2025")]
    public void What_is_no_date_with_the_day_first_is_refused(string text) => Assert.Null(Day(DayFirst, text));

    [Fact]
    public void Without_an_order_a_date_with_slashes_is_no_date() => Assert.Null(Day(FieldFormat.Standard, "31/12/2025"));

    [Theory]
    [InlineData("1.234,50", 1234.5)]
    [InlineData("1 234,50", 1234.5)]
    [InlineData("1\u00A0234,50", 1234.5)]
    [InlineData("1\u202F234,50", 1234.5)]
    [InlineData("1'234,50", 1234.5)]
    [InlineData("1’234,50", 1234.5)]
    [InlineData("-1.234.567,8", -1234567.8)]
    [InlineData("1.234", 1234)]
    [InlineData("1234,5", 1234.5)]
    [InlineData("0,5", 0.5)]
    [InlineData(",5", 0.5)]
    [InlineData("12", 12)]
    [InlineData("+12,5", 12.5)]
    [InlineData(" 12,5 ", 12.5)]
    [InlineData("1,5e3", 1500)]
    public void A_number_is_read_with_a_decimal_comma(string text, double number) => Assert.Equal(number, Number(DecimalMark.Comma, text));

    [Theory]
    [InlineData("1,234.50", 1234.5)]
    [InlineData("1 234.50", 1234.5)]
    [InlineData("1,234", 1234)]
    [InlineData("1.234", 1.234)]
    [InlineData("1234.5", 1234.5)]
    [InlineData("-1,234,567", -1234567)]
    public void A_number_is_read_with_a_decimal_point(string text, double number) => Assert.Equal(number, Number(DecimalMark.Point, text));

    [Theory]
    [InlineData("1.23,4")]
    [InlineData("12.34.567")]
    [InlineData("1234.567")]
    [InlineData("1.234.56")]
    [InlineData("1.234 567,5")]
    [InlineData("1.234,567.8")]
    [InlineData("0.123")]
    [InlineData("1,2,3")]
    [InlineData("1.234,")]
    [InlineData("12,")]
    [InlineData("1 ,5")]
    [InlineData("1. 234")]
    [InlineData("1.234,5 €")]
    [InlineData("€ 12,50")]
    [InlineData("12,5 %")]
    [InlineData("1.2345,6")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData(",")]
    [InlineData("-.234")]
    [InlineData("")]
    [InlineData("١٢")]
    [InlineData("1.234.567.890.123.456.789.012.345.678.901.234.567.890.123.456.789.012,5")]
    public void What_is_no_number_with_a_decimal_comma_is_refused(string text) => Assert.Null(Number(DecimalMark.Comma, text));

    [Theory]
    [InlineData("1.234.567", true, 1234567)]
    [InlineData("-1 234", true, -1234)]
    [InlineData("12", true, 12)]
    [InlineData("1.234,0", false, 0)]
    [InlineData("1,5", false, 0)]
    public void A_whole_number_has_no_decimals(string text, bool isWhole, long number) =>
        Assert.Equal((isWhole, number), (new FieldFormat(DayOrder.Unknown, DecimalMark.Comma).TryWhole(text, out var found), found));

    [Fact]
    public void Reading_a_value_does_not_allocate()
    {
        var format = new FieldFormat(DayOrder.DayFirst, DecimalMark.Comma);
        Read(format);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            Read(format);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Read(FieldFormat format)
        {
            format.TryNumber("1.234.567,50", out _);
            format.TryWhole("1 234", out _);
            format.TryDay("31/12/2025 10:00", out _, out _);
        }
    }

    [Theory]
    [InlineData(DayOrder.DayFirst, "03/04/2026", "31/12/2025")]
    [InlineData(DayOrder.MonthFirst, "03/04/2026", "12/31/2025")]
    [InlineData(DayOrder.DayFirst, "2026-01-01", "31-12-2025 10:00")]
    [InlineData(DayOrder.Unknown, "2026-01-01", "3.4.2026.")]
    public void The_order_of_day_and_month_is_found_where_only_one_fits(DayOrder order, params string[] values)
    {
        var field = Profile(null, values);

        Assert.Contains(field.Type, new[] { FieldType.Date, FieldType.Moment });
        Assert.Equal(order, field.Format.Days);
        Assert.Null(field.Doubt);
    }

    [Theory]
    [InlineData(DecimalMark.Comma, FieldType.Number, "1.234,50", "12")]
    [InlineData(DecimalMark.Comma, FieldType.Number, "1,5", "1.234")]
    [InlineData(DecimalMark.Comma, FieldType.WholeNumber, "1.234.567", "1.000")]
    [InlineData(DecimalMark.Comma, FieldType.Number, "1 234,50", "1 000")]
    [InlineData(DecimalMark.Comma, FieldType.Number, "0,125")]
    [InlineData(DecimalMark.Point, FieldType.Number, "1.5", "1.234")]
    [InlineData(DecimalMark.Point, FieldType.Number, "1,234.50", "1,000")]
    [InlineData(DecimalMark.Point, FieldType.Number, "0.125")]
    [InlineData(DecimalMark.Point, FieldType.WholeNumber, "1", "20")]
    public void The_decimal_mark_is_found_where_only_one_fits(DecimalMark mark, FieldType type, params string[] values)
    {
        var field = Profile(null, values);

        Assert.Equal((type, mark, null), (field.Type, field.Format.Mark, field.Doubt));
    }

    [Fact]
    public void Dates_that_fit_both_orders_are_text_until_somebody_decides()
    {
        string[] values = ["01/01/2026", "03/04/2026", "2026-05-05"];

        Assert.Equal(
            (FieldType.Text, DayOrder.Unknown, new FormatDoubt(FormatDoubtKind.DayOrder, "03/04/2026")),
            Result(Profile(null, values))
        );
        Assert.Equal(
            (FieldType.Date, DayOrder.MonthFirst, null),
            Result(Profile(new FormatChoice("x") { Days = DayOrder.MonthFirst }, values))
        );

        static (FieldType, DayOrder, FormatDoubt?) Result(Field field) => (field.Type, field.Format.Days, field.Doubt);
    }

    [Theory]
    [InlineData(FieldType.Number, "1.234")]
    [InlineData(FieldType.Text, "1,234")]
    public void Numbers_that_fit_both_marks_keep_their_reading_until_somebody_decides(FieldType undecided, string value)
    {
        var doubt = new FormatDoubt(FormatDoubtKind.DecimalMark, value);

        Assert.Equal((undecided, DecimalMark.Point, doubt), Result(Profile(null, "5", value)));
        Assert.Equal(
            (value == "1.234" ? FieldType.WholeNumber : FieldType.Number, DecimalMark.Comma, null),
            Result(Profile(new FormatChoice("x") { Mark = DecimalMark.Comma }, "5", value))
        );

        static (FieldType, DecimalMark, FormatDoubt?) Result(Field field) => (field.Type, field.Format.Mark, field.Doubt);
    }

    [Fact]
    public void A_decision_that_the_values_do_not_fit_leaves_text_and_names_the_first_such_value()
    {
        var days = Profile(new FormatChoice("x") { Days = DayOrder.MonthFirst }, "03/04/2026", "31/12/2025");
        var mark = Profile(new FormatChoice("x") { Mark = DecimalMark.Comma }, "1.234", "1.5");

        Assert.Equal((FieldType.Text, new FormatDoubt(FormatDoubtKind.UnfitDayOrder, "31/12/2025")), (days.Type, days.Doubt));
        Assert.Equal((FieldType.Text, new FormatDoubt(FormatDoubtKind.UnfitDecimalMark, "1.5")), (mark.Type, mark.Doubt));
    }

    [Theory]
    [InlineData("555 010 999", "064 123 456")]
    [InlineData("123 456 789")]
    [InlineData("31/12/2025", "12/31/2025")]
    [InlineData("1.5", "1,5")]
    [InlineData("12,50 €")]
    [InlineData("31/12/25")]
    public void Phone_numbers_and_what_fits_no_format_are_text_without_a_question(params string[] values)
    {
        var field = Profile(null, values);

        Assert.Equal((FieldType.Text, null), (field.Type, field.Doubt));
    }

    private static Field Profile(FormatChoice? choice, params string[] values)
    {
        var profiler = new FieldProfiler("x", choice);
        foreach (var value in values)
            profiler.Add(System.Text.Encoding.UTF8.GetBytes(value));
        return profiler.ToField();
    }

    private static string? Day(FieldFormat format, string text) =>
        format.TryDay(text, out var day, out _) ? day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) : null;

    private static double? Number(DecimalMark mark, string text) =>
        new FieldFormat(DayOrder.Unknown, mark).TryNumber(text, out var number) ? number : null;
}
