using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Exports;

internal sealed class ExportMapping : IEntityTypeConfiguration<Export>
{
    public void Configure(EntityTypeBuilder<Export> builder)
    {
        builder.Property(export => export.Name).HasMaxLength(100);
        builder.HasIndex(export => export.Name).IsUnique();
        builder.Property(export => export.OwnerId).HasMaxLength(450);
        builder.Property(export => export.Fields).IsJson();
        builder.Property(export => export.Schedule).IsJson();
        builder.HasIndex(export => export.NextRunAt);
        builder.HasOne(export => export.Connection).WithMany().HasForeignKey(export => export.ConnectionId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(export => export.Source).WithMany().HasForeignKey(export => export.SourceId).OnDelete(DeleteBehavior.Restrict);
        // A segment in use is not removed from under its exports.
        builder.HasMany(export => export.Segments).WithMany().UsingEntity("ExportSegments",
            right => right.HasOne(typeof(Segments.Segment)).WithMany().HasForeignKey("SegmentId").OnDelete(DeleteBehavior.Restrict),
            left => left.HasOne(typeof(Export)).WithMany().HasForeignKey("ExportId").OnDelete(DeleteBehavior.Cascade));
    }
}
