using System.Text.Json.Serialization;

namespace KlaviyoExport.Klaviyo.Wire;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    GenerationMode = JsonSourceGenerationMode.Metadata
)]
[JsonSerializable(typeof(Page<AccountAttributes>))]
[JsonSerializable(typeof(Page<ListAttributes>))]
[JsonSerializable(typeof(Single<ListAttributes>))]
[JsonSerializable(typeof(Single<ImportJobAttributes>))]
[JsonSerializable(typeof(Page<ImportJobAttributes>))]
[JsonSerializable(typeof(Page<ImportErrorAttributes>))]
[JsonSerializable(typeof(Page<ProfileAttributes>))]
[JsonSerializable(typeof(Page<ConsentAttributes>))]
[JsonSerializable(typeof(Created))]
[JsonSerializable(typeof(ErrorDocument))]
internal sealed partial class KlaviyoJson : JsonSerializerContext;
