using System.Text;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Files;

namespace KlaviyoExport.Tests.Sources;

public sealed class CsvLoadTests
{
    [Theory]
    [InlineData("id,name\n1,Ana\n2,Бранко\n")]
    [InlineData("id;name\n1;Ana\n2;Бранко")]
    [InlineData("id\tname\r\n1\tAna\r\n2\tБранко\r\n")]
    [InlineData("id|name\r1|Ana\r2|Бранко\r")]
    [InlineData("\"id\",\"name\"\n\"1\",\"Ana\"\n\"2\",\"Бранко\"\n")]
    [InlineData("\n\nid,name\n\n1,Ana\n\n\n2,Бранко\n\n")]
    [InlineData("sep=;\nid;name\n1;Ana\n2;Бранко\n")]
    [InlineData(" id , name \n1,Ana\n2,Бранко\n")]
    public async Task Common_CSV_dialects_give_the_same_profiles(string text)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync(text);

        Assert.Equal(["id", "name"], source.Fields.Select(field => field.Name));
        Assert.Equal(
            [("1", "Ana"), ("2", "Бранко")],
            (await store.ReadAllAsync(source)).Select(profile => (profile.Key, profile.Values[1]))
        );
        Assert.Equal((2, 0), (source.RowCount, source.MalformedCount));
    }

    [Theory]
    [InlineData("utf-8", true)]
    [InlineData("utf-8", false)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16BE", false)]
    public async Task Every_encoding_is_recognised_with_and_without_a_byte_order_mark(string name, bool withMark)
    {
        var encoding = Encoding.GetEncoding(name);
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvAsync(
            store.Write("c.csv", [.. withMark ? encoding.GetPreamble() : [], .. encoding.GetBytes("шифра;ime\n1;Žućko 🐕\n2;Núria\n")]),
            "шифра"
        );

        Assert.Equal(["Žućko 🐕", "Núria"], (await store.ReadAllAsync(source)).Select(profile => profile.Values[1]));
    }

    [Theory]
    [InlineData("^")]
    [InlineData("~")]
    [InlineData(":")]
    [InlineData(" ")]
    public async Task A_configured_delimiter_is_used(string delimiter)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvAsync(store.Write("c.csv", $"id{delimiter}name\n1{delimiter}a,b\n"), delimiter: delimiter);

        Assert.Equal("a,b", Assert.Single(await store.ReadAllAsync(source)).Values[1]);
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("a")]
    [InlineData("7")]
    [InlineData("\n")]
    [InlineData(";;")]
    [InlineData("·")]
    public async Task An_impossible_delimiter_is_refused(string delimiter)
    {
        await using var store = await SourceStore.CreateAsync();
        Assert.Contains(
            "single character",
            await SourceStore.RefusalAsync(() => store.AddCsvAsync(store.Write("c.csv", "id\n1\n"), delimiter: delimiter)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Quoted_values_keep_delimiters_quotes_and_line_breaks()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,note\n1,\"a, \"\"b\"\"\r\nc\"\n2,\"\"\n3,  \n");

        Assert.Equal(["a, \"b\"\r\nc", null, null], (await store.ReadAllAsync(source)).Select(profile => profile.Values[1]));
    }

    [Fact]
    public async Task Malformed_rows_are_counted_with_their_line_numbers_and_the_others_are_loaded()
    {
        await using var store = await SourceStore.CreateAsync();
        var bytes = Encoding.UTF8.GetBytes(
            "id,name\n1,\"two\nlines\"\n3,a,b\n5,\"a\",\"b\"c\n,nobody\n1,again\n6,€\n7,nul\0\n8,fine ćžšđ\n"
        );
        bytes[bytes.AsSpan().IndexOf("€"u8)] = 0xFF;
        var source = await store.AddCsvAsync(store.Write("c.csv", bytes));

        Assert.Equal(["1", "8"], (await store.ReadAllAsync(source)).Select(profile => profile.Key));
        Assert.Equal((2, 6), (source.RowCount, source.MalformedCount));
        Assert.Equal(
            [
                (4, "values: 3, columns in the header: 2"),
                (5, "misplaced quotes, so the values cannot be told apart"),
                (6, "no key in column id"),
                (7, "key already seen in line 2"),
                (8, "characters that are not valid in the file’s encoding"),
                (9, "characters that are not valid in the file’s encoding"),
            ],
            source.MalformedRows.Select(row => (row.Line, row.Reason.ToString()))
        );
        Assert.All(source.MalformedRows, row => Assert.Equal("c.csv", row.File));
    }

    [Fact]
    public async Task Only_the_first_twenty_malformed_rows_are_kept()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name\n1,a\n" + string.Concat(Enumerable.Repeat(",x\n", 30)));

        Assert.Equal(30, source.MalformedCount);
        Assert.Equal(Enumerable.Range(3, 20).Select(line => (long)line), source.MalformedRows.Select(row => row.Line));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n\n\n", "is empty")]
    [InlineData("id,name\n", "has a header but no rows")]
    [InlineData("id,name", "has a header but no rows")]
    [InlineData("id,name\n1,a,b\n2,a,b\n", "all of them are malformed (2). First: values: 3, columns in the header: 2")]
    [InlineData("code,name\n1,a\n", "has no column id, which is the key column. Its columns: code, name")]
    [InlineData("ID,name\n1,a\n", "has no column id")]
    [InlineData(",,\n1,a,b\n", "has no column id")]
    [InlineData("id,\"name\n1,a\n2,b\n", "the header cannot be read")]
    [InlineData("id,name\n1,a\n2,\"b\nrest of b\n3,c\n", "line 3: a quote opened here is never closed")]
    [InlineData("id,na\0me\n1,a\n", "is not a text file in its encoding")]
    public async Task A_source_that_cannot_be_loaded_is_refused_with_advice_and_nothing_is_stored(string text, string message)
    {
        await using var store = await SourceStore.CreateAsync();

        Assert.Contains(message, await SourceStore.RefusalAsync(() => store.AddCsvTextAsync(text)), StringComparison.Ordinal);
        Assert.Empty(await store.Sources.ListAsync(SourceStore.Administrator, CancellationToken.None));
        Assert.Empty(Directory.EnumerateFiles(store.Staging));
    }

    [Fact]
    public async Task A_file_that_is_not_text_is_refused()
    {
        await using var store = await SourceStore.CreateAsync();
        var bytes = new byte[5_000];
        new Random(7).NextBytes(bytes);

        await SourceStore.RefusalAsync(() => store.AddCsvAsync(store.Write("c.csv", bytes)));
    }

    [Fact]
    public async Task A_row_that_never_ends_is_refused_before_it_fills_the_memory()
    {
        await using var store = await SourceStore.CreateAsync();
        var text = "id,name\n1,a\n2,\"" + new string('x', 3_000_000);

        Assert.Contains(
            "line 3: the row is longer than",
            await SourceStore.RefusalAsync(() => store.AddCsvTextAsync(text)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_header_with_more_columns_than_a_table_can_have_is_refused()
    {
        await using var store = await SourceStore.CreateAsync();
        string Wide(int columns) =>
            string.Join(',', Enumerable.Range(0, columns).Select(i => i == 0 ? "id" : $"c{i}"))
            + "\n"
            + new string(',', columns - 1).Insert(0, "1")
            + "\n";

        Assert.Contains(
            "has 2,000 columns",
            await SourceStore.RefusalAsync(() => store.AddCsvTextAsync(Wide(2000))),
            StringComparison.Ordinal
        );
        Assert.Equal(1999, (await store.AddCsvTextAsync(Wide(1999))).Fields.Count);
    }

    [Fact]
    public async Task A_folder_is_one_source_in_the_order_of_its_files()
    {
        await using var store = await SourceStore.CreateAsync();
        store.Write("all/b.csv", "id,name\n3,c\n1,again\n");
        store.Write("all/a.csv", "id,name\n1,a\n2,b\n");
        store.Write("all/notes.md", "not,a,part\n");
        store.Write("all/.hidden.csv", "x\n");
        var source = await store.AddCsvAsync(Path.Combine(store.Root, "all"));

        Assert.Equal(
            [("1", "a"), ("2", "b"), ("3", "c")],
            (await store.ReadAllAsync(source)).Select(profile => (profile.Key, profile.Values[1]))
        );
        var repeated = Assert.Single(source.MalformedRows);
        Assert.Equal(("b.csv", 3, "key already seen in a.csv, line 2"), (repeated.File, repeated.Line, repeated.Reason.ToString()));
    }

    [Theory]
    [InlineData("id,nom\n2,b\n", "b.csv does not have the header of a.csv: column 2 is “nom”, not “name”")]
    [InlineData("id\n2\n", "column 2 is “”, not “name”")]
    [InlineData("id,name,age\n2,b,3\n", "column 3 is “age”, not “”")]
    [InlineData("name,id\nb,2\n", "column 1 is “name”, not “id”")]
    public async Task A_file_of_a_folder_with_another_header_is_refused_by_file_and_column(string second, string message)
    {
        await using var store = await SourceStore.CreateAsync();
        store.Write("all/a.csv", "id,name\n1,a\n");
        store.Write("all/b.csv", second);

        Assert.Contains(
            message,
            await SourceStore.RefusalAsync(() => store.AddCsvAsync(Path.Combine(store.Root, "all"))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_folder_without_files_is_refused()
    {
        await using var store = await SourceStore.CreateAsync();
        Assert.Contains(
            "has no file that can be read",
            await SourceStore.RefusalAsync(() => store.AddCsvAsync(store.Root)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("id\"; DROP TABLE profiles; --")]
    [InlineData("place")]
    [InlineData("rowid")]
    [InlineData("profiles_key")]
    [InlineData("select")]
    [InlineData("[x] `y` 'z' \\ % _ ? @p :p $p")]
    [InlineData("Ελλάδα 🏛")]
    public async Task Any_column_name_is_treated_as_a_name(string name)
    {
        await using var store = await SourceStore.CreateAsync();
        var quoted = $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        var source = await store.AddCsvTextAsync($"{quoted},profiles,oid,_rowid_\n'; DROP TABLE profiles; --,1,2,3\n", name);

        var profile = Assert.Single(await store.ReadAllAsync(source));
        Assert.Equal("'; DROP TABLE profiles; --", profile.Key);
        Assert.Equal(["'; DROP TABLE profiles; --", "1", "2", "3"], profile.Values);
    }

    [Fact]
    public async Task The_columns_show_type_fill_rate_and_three_different_samples()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,city\n1,Novi Sad\n2,\n3,Novi Sad\n4,Girona\n5,Niš\n6,Vic\n7,\n8, \n");

        var city = source.Fields[1];
        Assert.Equal((FieldType.Text, 5 / 8d), (city.Type, city.FillRate));
        Assert.Equal(["Novi Sad", "Girona", "Niš"], city.Samples);
        Assert.Equal(FieldType.WholeNumber, source.Fields[0].Type);
    }

    [Fact]
    public void A_file_that_changes_while_it_is_read_is_refused()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "id\n1\n");
            using var file = SourceFile.Open(path, SourceStore.Reading, new MalformedRows());
            while (file.Read(new Repairs()))
                continue;
            file.DemandUnchanged();

            File.AppendAllText(path, "2\n");

            Assert.Equal("Sources.ChangedWhileRead", Assert.Throws<SourceException>(file.DemandUnchanged).LocalizedMessage.Code);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
