using Parquet;
using Parquet.Schema;
using PhysicalType = Parquet.Meta.Type;

namespace KlaviyoExport.Sources.Files;

/// <summary>
/// Reads dates, times, decimals and numbers as the whole numbers as which they are stored. The library decodes times of day, and columns
/// with delta encoding (format version 2), only as these.
/// </summary>
internal static class ParquetWholeNumbers
{
    private const int DaysTo1970 = 719_162;

    /// <summary>Whether the values are stored as whole numbers.</summary>
    public static bool CanRead(DataField field) => field.SchemaElement?.Type is PhysicalType.INT32 or PhysicalType.INT64;

    /// <summary>Returns the value of each row. Null for an empty one.</summary>
    public static ValueTask<Func<int, object?>> ReadAsync(ParquetRowGroupReader group, DataField field) =>
        field.SchemaElement!.Type == PhysicalType.INT32
            ? ReadAsync<int>(group, field, number => number)
            : ReadAsync<long>(group, field, number => number);

    private static async ValueTask<Func<int, object?>> ReadAsync<T>(ParquetRowGroupReader group, DataField field, Func<T, long> widen)
        where T : struct
    {
        var stored = new DataField(field.Name, typeof(T), field.IsNullable);
        // A schema gives its fields their levels.
        _ = new ParquetSchema(stored);
        if (!field.IsNullable)
        {
            var all = new T[group.RowCount];
            await group.ReadAsync(stored, all.AsMemory(), null, CancellationToken.None);
            return row => ValueOf(field, widen(all[row]));
        }
        var values = new T?[group.RowCount];
        await group.ReadAsync(stored, values.AsMemory(), null, CancellationToken.None);
        return row => values[row] is { } value ? ValueOf(field, widen(value)) : null;
    }

    private static object ValueOf(DataField field, long number) =>
        field switch
        {
            TimeDataField time => TimeOnly.MinValue.Add(
                time.Precision switch
                {
                    TimeUnitPrecision.Millis => TimeSpan.FromMilliseconds(number),
                    TimeUnitPrecision.Micros => TimeSpan.FromMicroseconds(number),
                    _ => new TimeSpan(number / TimeSpan.NanosecondsPerTick),
                }
            ),
            DateTimeDataField { DateTimeFormat: DateTimeFormat.Date } => DateOnly.FromDayNumber(DaysTo1970 + (int)number),
            DateTimeDataField moment => MomentOf(moment, number),
            DecimalDataField amount => new decimal(number) / Power(amount.Scale),
            { ClrType: var type } when type == typeof(DateOnly) => DateOnly.FromDayNumber(DaysTo1970 + (int)number),
            { ClrType: var type } when type == typeof(uint) => (uint)number,
            { ClrType: var type } when type == typeof(ulong) => (ulong)number,
            _ => number,
        };

    private static DateTime MomentOf(DateTimeDataField field, long number)
    {
        var ticks = (field.Unit, field.DateTimeFormat) switch
        {
            (DateTimeTimeUnit.Nanos, _) => number / TimeSpan.NanosecondsPerTick,
            (DateTimeTimeUnit.Micros, _) or (_, DateTimeFormat.DateAndTimeMicros) => number * TimeSpan.TicksPerMicrosecond,
            _ => number * TimeSpan.TicksPerMillisecond,
        };
        return new DateTime(DateTime.UnixEpoch.Ticks + ticks, field.IsAdjustedToUTC ? DateTimeKind.Utc : DateTimeKind.Unspecified);
    }

    private static decimal Power(int scale)
    {
        var power = 1m;
        for (var i = 0; i < scale; i++)
            power *= 10;
        return power;
    }
}
