using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Browser.Tests;

/// <param name="Email">As it stands in the data: null, no address, or another customer's in capitals are all there.</param>
internal sealed record UnseenCustomer(string Key, string Name, string? Email, string City, int Points, DateOnly LastPurchase, string? Note);

/// <summary>Customer data that is not part of the demo, with the expected results.</summary>
internal static class UnseenCustomers
{
    public const int Malformed = 2;
    private const string Header = "Шифра;Име;Е-пошта;Град;Поени;Последња куповина;Белешка";

    public static IReadOnlyList<UnseenCustomer> Make(int count) =>
        [
            .. Enumerable
                .Range(1, count)
                .Select(number => new UnseenCustomer(
                    $"К-{number:0000}",
                    number % 2 == 0 ? "Ђурђа Хаџи-Тончић" : "Čedomir O'Brien",
                    (number % 20) switch
                    {
                        0 => null,
                        5 => "нема адресу",
                        10 => $"KUPAC{number - 3}@Primer.Example",
                        _ => $"kupac{number}@primer.example",
                    },
                    (number % 3) switch
                    {
                        0 => "Београд",
                        1 => "Нови Сад",
                        _ => "Lleida",
                    },
                    number * 7 % 500,
                    new DateOnly(2026, 1, 1).AddDays(number % 300),
                    number % 11 == 0 ? "Рекла: \"зовите сутра\";\nпа спустила слушалицу" : null
                )),
        ];

    /// <summary>A file with semicolons, quoted line breaks, and two malformed lines.</summary>
    public static void WriteCsv(string path, IReadOnlyList<UnseenCustomer> customers, Encoding encoding)
    {
        var text = new StringBuilder(Header).Append("\r\n");
        foreach (var (index, customer) in customers.Index())
        {
            if (index is 10 or 50)
                text.Append("К-пола;превише;поља;у;овом;реду;има;их\r\n");
            text.AppendJoin(
                    ';',
                    new[]
                    {
                        customer.Key,
                        customer.Name,
                        customer.Email,
                        customer.City,
                        customer.Points.ToString(CultureInfo.InvariantCulture),
                        Day(customer.LastPurchase),
                        customer.Note,
                    }.Select(Quoted)
                )
                .Append("\r\n");
        }
        File.WriteAllText(path, text.ToString(), encoding);
    }

    /// <summary>
    /// A shop's database: the profiles are a view of two tables. A third table of card holders contains some customers that no longer
    /// exist.
    /// </summary>
    public static async Task WriteDatabaseAsync(string path, IReadOnlyList<UnseenCustomer> customers, IEnumerable<string> cardHolders)
    {
        await using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        await using var transaction = connection.BeginTransaction();
        var run = async (string sql, object?[] values) =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (index, value) in values.Index())
                command.Parameters.AddWithValue($"${index}", value ?? DBNull.Value);
            await command.ExecuteNonQueryAsync();
        };
        await run("CREATE TABLE person (code TEXT PRIMARY KEY, \"full name\" TEXT, city TEXT)", []);
        await run("CREATE TABLE contact (person_code TEXT, \"e-mail\" TEXT, points INTEGER, last_purchase TEXT)", []);
        await run("CREATE TABLE card_holder (code TEXT, since TEXT)", []);
        await run(
            "CREATE VIEW \"unified profiles\" AS SELECT code, \"full name\", \"e-mail\", city, points, last_purchase FROM person JOIN contact ON person_code = code",
            []
        );
        foreach (var customer in customers)
        {
            await run("INSERT INTO person VALUES ($0, $1, $2)", [customer.Key, customer.Name, customer.City]);
            await run(
                "INSERT INTO contact VALUES ($0, $1, $2, $3)",
                [customer.Key, customer.Email, customer.Points, Day(customer.LastPurchase)]
            );
        }
        foreach (var code in cardHolders)
            await run("INSERT INTO card_holder VALUES ($0, '2025-05-05')", [code]);
        await transaction.CommitAsync();
    }

    /// <summary>The addresses that must arrive, in lower case and sorted.</summary>
    public static IReadOnlyList<string> Deliverable(IEnumerable<UnseenCustomer> members) =>
        [
            .. members
                .Select(member => member.Email?.ToLowerInvariant())
                .OfType<string>()
                .Where(email => email.Contains('@', StringComparison.Ordinal))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Quoted(string? value) =>
        value is null ? ""
        : value.AsSpan().ContainsAny(";\"\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : value;
}
