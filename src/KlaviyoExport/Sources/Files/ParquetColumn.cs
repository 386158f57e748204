using System.Numerics;
using Parquet;
using Parquet.Schema;

namespace KlaviyoExport.Sources.Files;

/// <summary>Reads one column of a row group.</summary>
internal static class ParquetColumn
{
    private delegate ValueTask<Func<int, object?>> Reader(ParquetRowGroupReader group, DataField field);

    private static readonly Dictionary<Type, Reader> Readers = new()
    {
        [typeof(string)] = ReadTextAsync,
        [typeof(ReadOnlyMemory<char>)] = ReadTextAsync,
        [typeof(byte[])] = ReadBytesAsync,
        [typeof(ReadOnlyMemory<byte>)] = ReadBytesAsync,
        [typeof(bool)] = ReadAsync<bool>,
        [typeof(sbyte)] = ReadAsync<sbyte>,
        [typeof(byte)] = ReadAsync<byte>,
        [typeof(short)] = ReadAsync<short>,
        [typeof(ushort)] = ReadAsync<ushort>,
        [typeof(int)] = ReadAsync<int>,
        [typeof(uint)] = ReadAsync<uint>,
        [typeof(long)] = ReadAsync<long>,
        [typeof(ulong)] = ReadAsync<ulong>,
        [typeof(float)] = ReadAsync<float>,
        [typeof(double)] = ReadAsync<double>,
        [typeof(decimal)] = ReadAsync<decimal>,
        [typeof(BigInteger)] = ReadAsync<BigInteger>,
        [typeof(DateTime)] = ReadAsync<DateTime>,
        [typeof(DateOnly)] = ReadAsync<DateOnly>,
        [typeof(TimeOnly)] = ReadAsync<TimeOnly>,
        [typeof(TimeSpan)] = ReadAsync<TimeSpan>,
        [typeof(Guid)] = ReadAsync<Guid>,
    };

    public static bool CanRead(DataField field) => Readers.ContainsKey(field.ClrType);

    /// <summary>Returns the value of each row. Null for an empty one.</summary>
    public static async ValueTask<Func<int, object?>> ReadAsync(ParquetRowGroupReader group, DataField field)
    {
        if (field is TimeDataField && ParquetWholeNumbers.CanRead(field))
            return await ParquetWholeNumbers.ReadAsync(group, field);
        try
        {
            return await Readers[field.ClrType](group, field);
        }
        catch (NotSupportedException) when (ParquetWholeNumbers.CanRead(field))
        {
            return await ParquetWholeNumbers.ReadAsync(group, field);
        }
    }

    private static async ValueTask<Func<int, object?>> ReadAsync<T>(ParquetRowGroupReader group, DataField field)
        where T : struct
    {
        if (field.IsNullable)
        {
            var values = new T?[group.RowCount];
            await group.ReadAsync(field, values.AsMemory(), null, CancellationToken.None);
            return row => values[row];
        }
        var all = new T[group.RowCount];
        await group.ReadAsync(field, all.AsMemory(), null, CancellationToken.None);
        return row => all[row];
    }

    private static async ValueTask<Func<int, object?>> ReadTextAsync(ParquetRowGroupReader group, DataField field)
    {
        var values = new string?[group.RowCount];
        await group.ReadAsync(field, values.AsMemory(), null, CancellationToken.None);
        return row => values[row];
    }

    private static async ValueTask<Func<int, object?>> ReadBytesAsync(ParquetRowGroupReader group, DataField field)
    {
        var values = new byte[]?[group.RowCount];
        await group.ReadAsync(field, values.AsMemory(), null, CancellationToken.None);
        return row => values[row];
    }
}
