using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>A row of a customer database: key, address, first name, phone.</summary>
internal sealed record Customer(string Id, string? Email, string Name)
{
    public string? Phone { get; init; }

    /// <summary>Customers 0, 1, 2… with different addresses.</summary>
    public static IEnumerable<Customer> Many(int count) =>
        Enumerable.Range(0, count).Select(number => new Customer($"c{number:d7}", $"c{number}@shop.example", $"Name {number}"));

    /// <summary>Sixty customers that are so large that a batch holds 55 of them.</summary>
    public static IEnumerable<Customer> TwoBatches() => Many(60).Select(customer => customer with { Name = new string('x', 90_000) });

    /// <summary>Replaces the customers in the database.</summary>
    public static async Task WriteAsync(string file, IEnumerable<Customer> customers)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(cancellationToken);
        await using var transaction = connection.BeginTransaction();
        await using var create = connection.CreateCommand();
        create.CommandText =
            "DROP TABLE IF EXISTS customers; CREATE TABLE customers (id TEXT PRIMARY KEY, email TEXT, name TEXT, phone TEXT);";
        await create.ExecuteNonQueryAsync(cancellationToken);
        await using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO customers VALUES ($id, $email, $name, $phone)";
        var (id, email, name, phone) = (
            insert.Parameters.Add("$id", SqliteType.Text),
            insert.Parameters.Add("$email", SqliteType.Text),
            insert.Parameters.Add("$name", SqliteType.Text),
            insert.Parameters.Add("$phone", SqliteType.Text)
        );
        foreach (var customer in customers)
        {
            (id.Value, name.Value) = (customer.Id, customer.Name);
            (email.Value, phone.Value) = ((object?)customer.Email ?? DBNull.Value, (object?)customer.Phone ?? DBNull.Value);
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
    }
}
