using System.Data;
using System.Data.Common;
using System.Data.Odbc;
using System.Globalization;
using System.Text.RegularExpressions;
using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Sources.Odbc;

/// <summary>
/// Any database with an ODBC driver. It belongs to one session, because it learns from the driver what the database is and how names are
/// quoted. Nothing is assumed about collations: values are read as the driver types them, and the product sorts rows and compares keys.
/// </summary>
internal sealed partial class OdbcDialect(OdbcPreset preset) : ServerDialect
{
    private const int LongestText = 1_000;

    // Without a quotation mark, until the driver has told its own.
    private string _quote = "";
    private OdbcProfile _profile = OdbcProfile.Of(preset);
    private OdbcColumns? _columns;

    /// <summary>Whether the connection was opened. Afterwards, faults are those of a statement.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether a value was read.</summary>
    public bool HasRead { get; private set; }

    /// <summary>The password, to be removed from the texts of a driver.</summary>
    public string Password { get; private set; } = "";

    public override int UsualPort => 0;

    public override bool IsBlocking => true;

    public override bool SortsKeys => false;

    public override CommandBehavior Reading => CommandBehavior.SingleResult;

    public override string Tables => throw new NotSupportedException("The driver lists the tables.");

    public override string? Columns => null;

    public override string AliasWord => " ";

    public override IsolationLevel Snapshot => _profile.Snapshot ?? IsolationLevel.Snapshot;

    public override StringComparer Names => StringComparer.OrdinalIgnoreCase;

    public override string DescribeStart => "SELECT * FROM ";

    public override string DescribeEnd => " WHERE 1 = 0";

    public override DbDataSource Connect(SourceServer server, string password, string? rootCertificate)
    {
        Password = password;
        return OdbcFactory.Instance.CreateDataSource(OdbcConnect.Text(server, password));
    }

    public override Task<DbTransaction?> BeginAsync(DbConnection connection, ServerReading reading, CancellationToken cancellationToken)
    {
        var opened = (OdbcConnection)connection;
        IsOpen = true;
        _profile = OdbcProfile.Of(preset, OdbcCatalogue.ProductOf(opened));
        _quote = OdbcCatalogue.QuoteOf(opened);
        var transaction = Begin(opened);
        foreach (var statement in _profile.Begin)
        {
            using var command = opened.CreateCommand();
#pragma warning disable CA2100 // A constant of the profile.
            command.CommandText = statement;
#pragma warning restore CA2100
            command.Transaction = transaction;
            command.ExecuteNonQuery();
        }
        return Task.FromResult<DbTransaction?>(transaction);
    }

    public override IReadOnlyList<ServerRelation> TablesOf(DbConnection connection) => OdbcCatalogue.Tables((OdbcConnection)connection);

    public override IReadOnlyDictionary<string, IReadOnlyList<string>> ColumnNamesOf(DbConnection connection) =>
        OdbcCatalogue.ColumnNames((OdbcConnection)connection);

    public override string Quote(string name) =>
        _quote.Length > 0 ? $"{_quote}{name.Replace(_quote, _quote + _quote, StringComparison.Ordinal)}{_quote}"
        : PlainName().IsMatch(name) ? name
        : throw new SourceException(new LocalizedMessage("Sources.OdbcNameNotQuotable", name));

    public override string Placeholder(int index) => "?";

    public override string TypeOf(DbDataReader reader, int column) => ColumnsOf(reader).TypeOf(column);

    public override ColumnFamily FamilyOf(string type) => OdbcColumns.FamilyOf(type);

    public override string TypeOf(ColumnFamily family) => throw new NotSupportedException("Values are literals.");

    public override string ValueOf(ServerColumn column)
    {
        var name = $"p.{Quote(column.Name)}";
        if (_profile.HasHex && column.Family == ColumnFamily.Text)
            return $"{OdbcColumns.Hex}{name} USING utf8mb4))";
        return OdbcColumns.IsPadded(column.Type) ? $"{{fn RTRIM({name})}}" : name;
    }

    public override string KeyOf(ServerColumn column) => ValueOf(column);

    public override string Concat(IReadOnlyList<string> texts)
    {
        var parts = texts.Select(text => $"CAST({text} AS {_profile.TextType})");
        var joined = _profile.HasBars ? string.Join(" || ", parts) : parts.Aggregate((before, part) => $"{{fn CONCAT({before}, {part})}}");
        // For Oracle an absent text is an empty one.
        return $"CASE WHEN {string.Join(" OR ", texts.Select(text => $"{text} IS NULL"))} THEN NULL ELSE {joined} END";
    }

    public override string Exactly(string key) => throw new NotSupportedException("Keys are compared by the product.");

    public override string? InOrder(string key) => null;

    /// <summary>
    /// The rows with one of these keys and possibly others, in a form that can use an index. Null to read all rows: a driver may not send
    /// every character, and types may be compared in other ways.
    /// </summary>
    public override string? KeyIn(IReadOnlyList<ServerColumn> columns, IReadOnlyList<string> keys, ServerParameters parameters)
    {
        if (columns is not [var column])
            return null;
        var name = $"p.{Quote(column.Name)}";
        if (column.Family == ColumnFamily.Whole)
        {
            // A number is read in one spelling only.
            List<string> numbers =
            [
                .. keys.Where(key => FieldValue.TryWhole(key, out var number) && number.ToString(CultureInfo.InvariantCulture) == key),
            ];
            return numbers.Count == 0 ? "1 = 0" : $"{name} IN ({string.Join(", ", numbers)})";
        }
        return
            column.Family == ColumnFamily.Text
            && OdbcColumns.IsText(column.Type)
            && keys.All(key => key.Length <= LongestText && key.All(letter => letter is >= ' ' and <= '~'))
            ? $"{name} IN ({string.Join(", ", keys.Select(parameters.Add))})"
            : null;
    }

    public override bool SaysEmpty(ColumnFamily family) => family is ColumnFamily.Whole or ColumnFamily.Decimal or ColumnFamily.Float;

    public override bool Compares(ColumnFamily family, IReadOnlyList<string> values) => OdbcLiterals.Has(family, values);

    public override string Value(string value, ColumnFamily family, ServerParameters parameters) => OdbcLiterals.Of(value, family);

    public override string First(string columns, string from, int rows)
    {
        var most = rows.ToString(CultureInfo.InvariantCulture);
        return _profile.Limit switch
        {
            OdbcLimit.Limit => $"SELECT {columns} FROM {from} LIMIT {most}",
            OdbcLimit.FetchFirst => $"SELECT {columns} FROM {from} FETCH FIRST {most} ROWS ONLY",
            OdbcLimit.Top => $"SELECT TOP {most} {columns} FROM {from}",
            OdbcLimit.RowNumber => $"SELECT {columns} FROM {from} WHERE ROWNUM <= {most}",
            _ => $"SELECT {columns} FROM {from}",
        };
    }

    public override string? Text(DbDataReader reader, int column)
    {
        HasRead = true;
        return ColumnsOf(reader).Text(column);
    }

    public override SourceFault? Explain(Exception exception, ServerReading reading) => OdbcFaults.Explain(exception, reading, this);

    private OdbcColumns ColumnsOf(DbDataReader reader) =>
        _columns is { } known && ReferenceEquals(known.Reader, reader) ? known : _columns = new OdbcColumns((OdbcDataReader)reader);

    /// <summary>Some drivers have no transactions. Their statements are then single ones.</summary>
    private OdbcTransaction? Begin(OdbcConnection connection)
    {
        try
        {
            return connection.BeginTransaction(_profile.Snapshot ?? IsolationLevel.Unspecified);
        }
        catch (OdbcException) when (_profile.Snapshot is null && connection.State == ConnectionState.Open)
        {
            return null;
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]*$")]
    private static partial Regex PlainName();
}
