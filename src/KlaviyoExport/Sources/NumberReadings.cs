namespace KlaviyoExport.Sources;

/// <summary>Finds how the numbers of a column are written, and whether all of its values are numbers.</summary>
/// <param name="choice">The decision of a person. Null when there is none.</param>
internal sealed class NumberReadings(DecimalMark? choice)
{
    // As FieldValue reads: without separators of thousands.
    private readonly ReadingFit _plain = new();
    private readonly ReadingFit _point = new();
    private readonly ReadingFit _comma = new();
    private string? _ambiguous;
    private bool _hasDecimals;
    private bool _hasSpaces;

    /// <summary>Whether another value can change the result.</summary>
    public bool IsOpen => _plain.IsForAll || _point.IsForAll || _comma.IsForAll;

    /// <summary>Whether the column also has numbers that the database stores as such. They have a decimal point.</summary>
    public bool HasNative { get; set; }

    public DecimalMark Mark =>
        Chosen is { } chosen ? chosen
        : !IsPlain && IsComma ? DecimalMark.Comma
        : DecimalMark.Point;

    public bool IsNumber => Result.IsForAll && (Result == _plain || Chosen is not null || !IsSpacedOnly);

    public bool IsWhole => IsNumber && Result.IsNarrow;

    public FormatDoubt? Doubt =>
        Chosen is not null
            ? Result.Misfit is { } misfit
                ? new FormatDoubt(FormatDoubtKind.UnfitDecimalMark, misfit)
                : null
            : IsAmbiguous
                ? new FormatDoubt(FormatDoubtKind.DecimalMark, _ambiguous!)
                : null;

    private DecimalMark? Chosen => HasNative ? null : choice;

    private bool IsAmbiguous => !HasNative && _point.IsForAll && _comma.IsForAll && _ambiguous is not null;

    private bool IsComma => _comma.IsForAll && !_point.IsForAll;

    private bool IsPlain => HasNative || IsAmbiguous;

    // "064 123 456" is no quantity. Spaces separate thousands only in a column that also has decimals.
    private bool IsSpacedOnly => _hasSpaces && !_hasDecimals;

    private ReadingFit Result =>
        Chosen switch
        {
            DecimalMark.Comma => _comma,
            DecimalMark.Point => _point,
            _ => IsPlain ? _plain
            : IsComma ? _comma
            : _point,
        };

    public void Add(string value)
    {
        if (!IsOpen)
            return;
        var text = FieldValue.Trim(value);
        if (IsCode(text))
        {
            foreach (var reading in (ReadOnlySpan<ReadingFit>)[_plain, _point, _comma])
                reading.Add(value, fits: false, isNarrow: false);
            return;
        }
        var isPlainWhole = FieldValue.TryWhole(text, out _);
        var isPlain = isPlainWhole || FieldValue.TryNumber(text, out _);
        _plain.Add(value, isPlain, isPlainWhole);
        var isMarked = text.ContainsAny('.', ',');
        // A reading that an earlier value has ruled out is not tried again.
        var isPoint = isPlain || (_point.IsForAll && NumberParser.TryNumber(text, DecimalMark.Point, out _));
        var isComma = (isPlain && !isMarked) || (_comma.IsForAll && NumberParser.TryNumber(text, DecimalMark.Comma, out _));
        _point.Add(value, isPoint, isPlainWhole || (!isPlain && isPoint && NumberParser.TryWhole(text, DecimalMark.Point, out _)));
        _comma.Add(value, isComma, isPlainWhole || (isComma && NumberParser.TryWhole(text, DecimalMark.Comma, out _)));
        _ambiguous ??= isMarked && isPoint && isComma ? value : null;
        _hasDecimals |= isMarked;
        _hasSpaces |= text.IndexOfAny(NumberParser.Spaces) >= 0;
    }

    /// <summary>
    /// Whether digits are not a quantity: postal codes and phone numbers (with a leading 0 or +), and IDs too long for an exact number.
    /// </summary>
    private static bool IsCode(ReadOnlySpan<char> text)
    {
        if (text[0] == '+')
            return true;
        if (text[0] == '-')
            text = text[1..];
        return (text.Length > 1 && text[0] == '0' && char.IsAsciiDigit(text[1]))
            || (text.Length > 18 && !text.ContainsAnyExceptInRange('0', '9'));
    }
}
