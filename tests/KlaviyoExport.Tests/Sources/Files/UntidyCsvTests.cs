using KlaviyoExport.Sources.Files;

namespace KlaviyoExport.Tests.Sources.Files;

public sealed class UntidyCsvTests
{
    [Theory]
    [InlineData("1,5\" pipe,x\n", "5\" pipe", RepairKind.QuotesKept)]
    [InlineData("1,O\"Neil,x\n", "O\"Neil", RepairKind.QuotesKept)]
    [InlineData("1,\"5\" pipe\",x\n", "5\" pipe", RepairKind.QuotesKept)]
    [InlineData("1,\"a\"b,x\n", "\"a\"b", RepairKind.QuotesKept)]
    [InlineData("1,\"two \"big\" words\nlines\",x\n", "two \"big\" words\nlines", RepairKind.QuotesKept)]
    [InlineData("1,\"open,x\n9,\"b\",y\n", "\"open", RepairKind.QuotesKept)]
    [InlineData("1, \"B, jr\",x\n", "B, jr", RepairKind.SpacedQuotes)]
    [InlineData("1,\t\"B, jr\" ,x\n", "B, jr", RepairKind.SpacedQuotes)]
    [InlineData("1, \"B,\n jr\",x\n", "B,\n jr", RepairKind.SpacedQuotes)]
    [InlineData("1,\"say \\\"hi\\\"\",x\n", "say \"hi\"", RepairKind.EscapedQuotes)]
    [InlineData("1,\"say \\\"hi\\\", then go\",x\n", "say \"hi\", then go", RepairKind.EscapedQuotes)]
    [InlineData("1,a,x\n7,\"b,y\n", "a", RepairKind.QuoteNotClosed)]
    [InlineData("1,a\n", "a", RepairKind.MissingValues)]
    [InlineData("1,a,x,,\n", "a", RepairKind.EmptyExtras)]
    public async Task A_row_that_breaks_the_rules_is_read_and_counted(string rows, string value, RepairKind repair)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name,code\n" + rows + "8,fine,z\n");

        Assert.Equal(0, source.MalformedCount);
        Assert.Equal([new Repair(repair, 1)], source.Repairs);
        var profiles = await store.ReadAllAsync(source);
        Assert.Equal(value, profiles[0].Values[1]);
        Assert.Equal("8", profiles.Select(profile => profile.Key).Order().Last(key => key != "9"));
        Assert.Equal(source.RowCount, profiles.Count);
    }

    [Fact]
    public async Task Rows_without_faults_are_not_counted_as_repaired()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name\n1,\"a \"\"b\"\"\"\n2,\n3,\"\"\n4, c \n5,C:\\dir\\\n6,\"x\ny\"\n");

        Assert.Empty(source.Repairs);
        Assert.Equal(
            ["a \"b\"", null, null, " c ", "C:\\dir\\", "x\ny"],
            (await store.ReadAllAsync(source)).Select(profile => profile.Values[1])
        );
    }

    [Theory]
    [InlineData(true, "a\\b,c\"d", "x,y")]
    [InlineData(false, "a\\\\b,c\\\"d", "x\\")]
    public async Task A_chosen_escape_is_used_in_every_row_and_one_that_is_ruled_out_in_none(bool hasEscape, string first, string second)
    {
        await using var store = await SourceStore.CreateAsync();
        var text = hasEscape ? "id,name\n1,\"a\\\\b,c\\\"d\"\n2,x\\,y\n" : "id,name\n1,\"a\\\\b,c\\\"d\"\n2,\"x\\\"\n";
        var source = await store.AddCsvAsync(store.Write("c.csv", text), dialect: new FileDialect { HasEscape = hasEscape });

        Assert.Equal([first, second], (await store.ReadAllAsync(source)).Select(profile => profile.Values[1]));
        Assert.Equal(0, source.MalformedCount);
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_is_kept_when_every_later_line_is_a_row_even_in_a_large_file()
    {
        await using var store = await SourceStore.CreateAsync();
        var rows = string.Concat(Enumerable.Range(2, 100_000).Select(i => $"{i},customer {i}\n"));
        var source = await store.AddCsvTextAsync("id,name\n1,\"open\n" + rows);

        Assert.Equal((100_001, 0), (source.RowCount, source.MalformedCount));
        Assert.Equal([new Repair(RepairKind.QuoteNotClosed, 1)], source.Repairs);
        Assert.Equal("\"open", (await store.ReadAllAsync(source))[0].Values[1]);
    }

    [Theory]
    [InlineData("id,name,,\n1,a,,\n2,b\n", "id,name", RepairKind.EmptyColumns, 2)]
    [InlineData(",id,name\n0,1,a\n1,2,b\n", "Column 1,id,name", RepairKind.NamedColumns, 1)]
    [InlineData("id,name,extra,\n1,a,x,\n2,b,x,y\n", "id,name,extra,Column 4", RepairKind.NamedColumns, 1)]
    [InlineData("id,name,Name,name\n1,a,b,c\n", "id,name,Name (2),name (3)", RepairKind.RenamedColumns, 2)]
    [InlineData("id,name,name (2),name\n1,a,b,c\n", "id,name,name (2),name (3)", RepairKind.RenamedColumns, 1)]
    public async Task A_column_without_a_name_of_its_own_loses_no_value(string text, string fields, RepairKind repair, int count)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync(text);

        Assert.Equal(fields.Split(','), source.Fields.Select(field => field.Name));
        Assert.Contains(new Repair(repair, count), source.Repairs);
        Assert.Equal(0, source.MalformedCount);
    }

    [Fact]
    public async Task A_value_in_a_column_without_a_name_can_be_read()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name,\n1,a,\n2,b,kept\n");

        Assert.Equal([null, "kept"], (await store.ReadAllAsync(source)).Select(profile => profile.Values[2]));
    }

    [Theory]
    [InlineData("Customers of Serbia\nexported 2026-11-28\n\nid,name,city\n", 3)]
    [InlineData("Customers,,\n,,\nid,name,city\n", 2)]
    [InlineData("# made by the shop, every night, at one\n# do not edit\nid,name,city\n", 2)]
    [InlineData("# id,name,city\n", 0)]
    [InlineData("Customers of Serbia\n# by the shop, every night, at one\n# id,name,city\n", 2)]
    [InlineData("\nid,name,city\n", 0)]
    [InlineData("id,name,city\n", 0)]
    public async Task Lines_above_the_header_are_found_and_skipped(string above, int skipped)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync(above + "1,a,x\n2,b,y\n3,c,z\n");

        Assert.Equal("id", source.Fields[0].Name);
        Assert.Equal(3, source.RowCount);
        Assert.Equal(skipped, source.Repairs.SingleOrDefault(repair => repair.Kind == RepairKind.SkippedLines)?.Count ?? 0);
    }

    [Fact]
    public async Task Lines_to_skip_and_comments_can_be_chosen()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvAsync(
            store.Write("c.csv", "a,b,c\nid,name,city\n!1,no,no\n2,b,y\n!\n3,c,z\n"),
            dialect: new FileDialect { LinesToSkip = 1, Comment = "!" }
        );

        Assert.Equal(["2", "3"], (await store.ReadAllAsync(source)).Select(profile => profile.Key));
        Assert.Equal(0, source.MalformedCount);
    }

    [Theory]
    [InlineData(-1, null, null, "between 0 and 1,000")]
    [InlineData(1_001, null, null, "between 0 and 1,000")]
    [InlineData(null, "ab", null, "comment character")]
    [InlineData(null, null, "ebcdic", "not a supported encoding")]
    public async Task A_choice_that_is_not_possible_is_refused(int? lines, string? comment, string? encoding, string message)
    {
        await using var store = await SourceStore.CreateAsync();
        var dialect = new FileDialect
        {
            LinesToSkip = lines,
            Comment = comment,
            Encoding = encoding,
        };

        Assert.Contains(
            message,
            await SourceStore.RefusalAsync(() => store.AddCsvAsync(store.Write("c.csv", "id\n1\n"), dialect: dialect)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_files_of_a_folder_may_differ_in_columns_without_names()
    {
        await using var store = await SourceStore.CreateAsync();
        store.Write("all/a.csv", "id,name\n1,a\n");
        store.Write("all/b.csv", "id,name,,\n2,b,,\n3,c,,lost?\n");
        var source = await store.AddCsvAsync(Path.Combine(store.Root, "all"));

        Assert.Equal(2, source.RowCount);
        Assert.Equal("values: 4, columns in the header: 2", Assert.Single(source.MalformedRows).Reason.ToString());
    }

    [Fact]
    public async Task A_source_that_was_stored_before_files_had_dialects_is_read()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name\n1,a\n");

        Assert.Null(source.Dialect);
        Assert.Equal(1, (await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, CancellationToken.None)).RowCount);
    }

    [Theory]
    [InlineData("1,a,,\n2,b,,\n")]
    [InlineData("1,a,,,,\n2,b,,,,\n3,c,,,,\n")]
    [InlineData("1,a,,\n2,b,,\n3,c,,\n4,d,,x\n")]
    public async Task A_header_that_is_shorter_than_rows_with_empty_extras_is_not_taken_for_a_title(string rows)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name\n" + rows);

        Assert.Equal(["id", "name"], source.Fields.Select(field => field.Name));
        Assert.Equal(rows.Count(letter => letter == '\n'), source.RowCount + source.MalformedCount);
        Assert.Equal("a", (await store.ReadAllAsync(source))[0].Values[1]);
    }

    [Fact]
    public async Task Zero_bytes_in_a_few_values_do_not_make_UTF_8_UTF_16()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name\n1,a\0\n22,b\0\n3,c\n");

        Assert.Equal(["id", "name"], source.Fields.Select(field => field.Name));
        Assert.Equal((1, 2), (source.RowCount, source.MalformedCount));
    }
}
