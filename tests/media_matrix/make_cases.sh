#!/bin/bash
# Make small media files with the properties of files that people reported to other video sites.
# Usage: make_cases.sh OUT_DIR [CASE ...]    FFMPEG: the ffmpeg to make them with; mkvmerge and python3 for some.
# Every clip shows color bars, a moving square, and a clap (white flash and 1 kHz beep, 0.1 s) at 1, 6 and 11 s of its own clock.
set -u
OUT=${1:?out dir}; shift; mkdir -p "$OUT"; cd "$OUT" || exit 1
: "${FFMPEG:?the ffmpeg to use}"
ff() { "$FFMPEG" -v error -y -nostdin "$@"; }
# vs SIZE RATE SECONDS: the picture as a lavfi graph; as SECONDS: the sound.
vs() { echo "smptebars=s=$1:r=$2:d=$3[p];color=magenta:s=16x16:r=$2:d=$3[q];[p][q]overlay=x='mod(t*60,W-16)':y=H/2-8:shortest=1,drawbox=c=white:t=fill:enable='lt(mod(t+4,5),0.0999)'"; }
as() { echo "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t+4,5),0.1)':s=${2:-48000}:c=${3:-mono}:d=$1"; }
H="-c:v libx264 -preset ultrafast -crf 16 -pix_fmt yuv420p"
AAC="-c:a aac -b:a 128k -ac 2"
base() { [ -s base.mkv ] || ff -f lavfi -i "$(vs 640x360 30 12)" -f lavfi -i "$(as 12)" $H -g 15 -c:a pcm_s16le -ac 2 base.mkv; }
B="-i base.mkv"

# --- colour -----------------------------------------------------------------------------------------------
c_hdr10()      { base; ff $B -vf "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv,zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt2020:t=smpte2084:m=bt2020nc:r=tv:npl=203,format=yuv420p10le" -c:v libx265 -preset ultrafast -crf 12 -tag:v hvc1 -x265-params log-level=none:hdr10=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc $AAC hdr10.mp4; }
c_hdr_frametags() { c_hdr10; ff -i hdr10.mp4 -c copy -color_trc unknown hdr_x.mkv; mv hdr_x.mkv hdr_vui_only.mkv; }
c_bt2020sdr()  { base; ff $B -vf "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv,zscale=m=bt2020nc:p=bt2020:t=2020_10,format=yuv420p10le" -c:v libx265 -preset ultrafast -crf 12 -x265-params log-level=none:colorprim=bt2020:transfer=bt2020-10:colormatrix=bt2020nc $AAC bt2020sdr.mp4; }
c_pc_range()   { base; ff $B -vf "scale=out_range=pc:out_color_matrix=bt709,format=yuvj420p" -c:v libx264 -preset ultrafast -crf 16 -pix_fmt yuvj420p -color_range pc -colorspace bt709 -color_primaries bt709 -color_trc bt709 $AAC pc_range.mp4; }
c_601_tagged_hd() { ff -f lavfi -i "$(vs 1280x720 30 6)" -f lavfi -i "$(as 6)" $H -colorspace smpte170m -color_primaries smpte170m -color_trc smpte170m $AAC bt601_hd.mp4; }
c_709_tagged_sd() { base; ff $B -vf "scale=out_color_matrix=bt709" $H -colorspace bt709 -color_primaries bt709 -color_trc bt709 $AAC bt709_sd.mp4; }
c_untagged_hd() { ff -f lavfi -i "$(vs 1280x720 30 6),scale=out_color_matrix=bt709" -f lavfi -i "$(as 6)" $H $AAC untagged_hd.mp4; }
c_reserved()   { base; ff $B $H -g 30 $AAC -bsf:v h264_metadata=matrix_coefficients=3:colour_primaries=3:transfer_characteristics=6 reserved.mp4; }
c_gbr()        { base; ff $B -vf format=gbrp -c:v libx264rgb -preset ultrafast -crf 16 $AAC gbr.mp4; }
c_444()        { base; ff $B -c:v libx264 -preset ultrafast -crf 16 -pix_fmt yuv444p $AAC 444.mp4; }
c_hi10p()      { base; ff $B -c:v libx264 -preset ultrafast -crf 16 -pix_fmt yuv420p10le -c:a flac hi10p.mkv; }
c_prores4444() { base; ff $B -vf "format=yuva444p10le,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='if(lt(X,W/2),0,1023)'" -t 2 -c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le -c:a pcm_s16le prores4444.mov; }
c_vp9alpha()   { base; ff $B -vf "format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='if(lt(X,W/2),0,255)'" -t 2 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuva420p -c:a libopus vp9alpha.webm; }
c_qtrle()      { base; ff $B -t 3 -vf format=argb -c:v qtrle -c:a pcm_s16be qtrle_argb.mov; }
c_png_mov()    { base; ff $B -t 2 -vf format=rgba -c:v png -c:a pcm_s16le png_rgba.mov; }

# --- geometry ---------------------------------------------------------------------------------------------
c_rot()        { base; ff $B $H $AAC m1.mp4; for r in 90 180 270; do ff -display_rotation $r -i m1.mp4 -c copy rot$r.mp4; done; rm -f m1.mp4; }
c_mirror()     { base; ff $B $H $AAC m0.mp4; ff -display_hflip -i m0.mp4 -c copy mirror.mp4; ff -display_rotation 90 -display_hflip -i m0.mp4 -c copy rot90mirror.mov; rm -f m0.mp4; }
c_rot_mkv()    { base; ff $B $H $AAC m0.mp4; ff -display_rotation 90 -i m0.mp4 -c copy rot90.mkv; rm -f m0.mp4; }
c_rot_sar()    { base; ff $B -vf setsar=4/3 $H $AAC m1.mp4; ff -display_rotation 90 -i m1.mp4 -c copy rot90_sar.mp4; rm -f m1.mp4; }
c_odd()        { ff -f lavfi -i "$(vs 427x241 30 6)" -f lavfi -i "$(as 6)" -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuv420p -c:a libopus odd427x241.webm; }
c_dvd()        { ff -f lavfi -i "$(vs 720x576 50 12)" -f lavfi -i "$(as 12)" -vf "setsar=64/45,interlace,setfield=tff" -c:v mpeg2video -b:v 6M -flags +ildct+ilme -aspect 16:9 -c:a ac3 -b:a 192k -f vob dvd_pal169.vob; }
c_hdv()        { ff -f lavfi -i "$(vs 1440x1080 30000/1001 6)" -f lavfi -i "$(as 6)" -vf setsar=4/3 $H $AAC hdv1440_sar43.mp4; }
c_tall()       { ff -f lavfi -i "$(vs 360x780 30 6)" -f lavfi -i "$(as 6)" $H $AAC tall_9x195.mp4; }
c_wide()       { ff -f lavfi -i "$(vs 1280x360 30 6)" -f lavfi -i "$(as 6)" $H $AAC wide_32x9.mp4; }
c_strip()      { ff -f lavfi -i "$(vs 1920x32 30 4)" -f lavfi -i "$(as 4)" $H $AAC strip1920x32.mp4; }
c_tiny()       { ff -f lavfi -i "$(vs 16x16 30 4)" -f lavfi -i "$(as 4)" $H $AAC tiny16.mp4; ff -f lavfi -i "$(vs 100x100 30 4)" -f lavfi -i "$(as 4)" $H $AAC small100.mp4; }
c_tiny_gifsize() { ff -f lavfi -i "testsrc=s=12x8:r=10:d=2" $H tiny12x8.mp4; }
c_interlaced_ts() { ff -f lavfi -i "$(vs 640x360 50 12)" -f lavfi -i "$(as 12)" -vf "interlace=scan=tff" -c:v mpeg2video -b:v 6M -flags +ildct+ilme -c:a mp2 -b:a 192k interlaced25i.ts; }
c_avchd()      { ff -f lavfi -i "$(vs 640x360 50 12)" -f lavfi -i "$(as 12)" -vf "interlace=scan=tff" -c:v libx264 -preset ultrafast -crf 16 -flags +ildct+ilme -x264-params tff=1 -c:a ac3 -ac 2 -mpegts_m2ts_mode 1 -f mpegts avchd50i.m2ts; }

c_webrtc_many() { ff -f lavfi -i "$(vs 640x360 30 5)" -f lavfi -i "$(as 5)" -c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -c:a libopus a.webm; ff -f lavfi -i "$(vs 320x180 30 5)" -f lavfi -i "$(as 5)" -c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -c:a libopus b.webm; for i in $(seq 12); do echo "file a.webm"; echo "file b.webm"; done > l.txt; ff -f concat -i l.txt -c copy webrtc_many.webm; for i in $(seq 24); do echo "file a.webm"; done > l.txt; ff -f concat -i l.txt -c copy webrtc_control.webm; ff -f lavfi -i "$(vs 360x640 30 5)" -f lavfi -i "$(as 5)" -c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -c:a libopus b.webm; printf "file a.webm\nfile b.webm\n" > l.txt; ff -f concat -i l.txt -c copy webrtc_turned.webm; rm -f a.webm b.webm l.txt; }

# --- time -------------------------------------------------------------------------------------------------
c_vfr()        { base; ff $B -vf "select='lt(t,2)+between(t,5.9,8)+gt(t,10.9)+eq(n,90)'" -fps_mode vfr $H -g 300 $AAC vfr_screen.mp4; ff -i vfr_screen.mp4 -c copy vfr_screen.mkv; }
c_vfr_static() { base; ff $B -vf "select='eq(n,0)+eq(n,30)+eq(n,33)+eq(n,180)+eq(n,183)+eq(n,330)+eq(n,333)'" -fps_mode vfr $H $AAC vfr_slides.mp4; }
c_ts_offset()  { base; ff $B $H $AAC -output_ts_offset 10000 ts_start10000.ts; ff $B $H $AAC -output_ts_offset 7 mkv_start7.mkv; }
c_pcr_wrap()   { base; ff $B $H -g 30 $AAC -output_ts_offset 95437.7 pcr_wrap.ts; }
c_ts_discont() { base; ff $B -t 6 $H $AAC -output_ts_offset 500 a.ts; ff $B -t 6 $H $AAC -output_ts_offset 20 b.ts; cat a.ts b.ts > ts_discont.ts; rm a.ts b.ts; }
c_trimmed()    { base; ff $B $H -g 90 -bf 2 $AAC t0.mp4; ff -ss 1.7 -i t0.mp4 -c copy trimmed_editlist.mp4; rm t0.mp4; }
c_adelay()     { base; ff $B -itsoffset 0.8 $B -map 0:v -map 1:a $H $AAC audio_late08.mp4; ff -itsoffset 1.5 $B $B -map 0:v -map 1:a $H $AAC video_late15.mp4; ff -itsoffset 1.5 $B $B -map 0:v -map 1:a $H -c:a libopus video_late15.mkv; }
c_lengths()    { base; ff $B -t 3 -an v3.mkv; ff -t 3 $B $B -map 0:v -map 1:a $H $AAC audio_longer.mp4; ff -t 3 $B $B -map 0:a -map 1:v $H $AAC video_longer.mp4; rm -f v3.mkv; }
c_short()      { base; ff $B -frames:v 1 -an $H one_frame.mp4; ff $B -t 0.2 $H $AAC s02.mp4; ff $B -frames:v 1 -an -c:v libvpx -pix_fmt yuv420p one_frame.webm; }
c_slow()       { ff -f lavfi -i "$(vs 640x360 1 12)" -f lavfi -i "$(as 12)" $H $AAC fps1.mp4; ff -f lavfi -i "$(vs 640x360 0.2 60)" -f lavfi -i "$(as 60)" $H $AAC fps02.mp4; }
c_fast()       { ff -f lavfi -i "$(vs 640x360 120 6)" -f lavfi -i "$(as 6)" $H $AAC fps120.mp4; ff -f lavfi -i "$(vs 320x180 240 4)" -f lavfi -i "$(as 4)" $H $AAC fps240.mov; ff -f lavfi -i "$(vs 320x180 480 2)" $H fps480.mp4; }
c_rates()      { ff -f lavfi -i "$(vs 640x360 24000/1001 12)" -f lavfi -i "$(as 12)" $H $AAC fps23976.mp4; ff -f lavfi -i "$(vs 640x360 15 12)" -f lavfi -i "$(as 12)" $H $AAC fps15.mp4; ff -f lavfi -i "$(vs 640x360 60000/1001 12)" -f lavfi -i "$(as 12)" $H $AAC fps5994.mp4; ff -f lavfi -i "$(vs 640x360 37.5 12)" -f lavfi -i "$(as 12)" $H $AAC fps375.mp4; }
c_frag()       { base; ff $B $H -g 30 $AAC -movflags frag_keyframe+empty_moov+default_base_moof frag_obs.mp4; }
c_recorder()   { base; ff $B -c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -c:a libopus -f webm -live 1 -cluster_time_limit 1000 pipe:1 | cat > recorder.webm; }
c_mkv_nodur()  { base; ff $B $H $AAC -f matroska pipe:1 | cat > mkv_nodur.mkv; }
c_trunc()      { base; ff $B $H $AAC t.mkv; head -c $(( $(stat -c %s t.mkv) * 55 / 100 )) t.mkv > trunc55.mkv; ff $B $H $AAC -movflags +faststart t.mp4; head -c $(( $(stat -c %s t.mp4) * 95 / 100 )) t.mp4 > trunc95_faststart.mp4; ff $B $H $AAC t.mp4; head -c $(( $(stat -c %s t.mp4) * 95 / 100 )) t.mp4 > trunc_nomoov.mp4; rm t.mkv t.mp4; }
c_copy_open_gop() { base; ff $B -c:v libx264 -preset medium -crf 20 -pix_fmt yuv420p -x264-params open-gop=1:keyint=30:min-keyint=30:scenecut=0:bframes=3:b-adapt=0 $AAC copy_opengop.mp4; ff -f lavfi -i "testsrc2=s=1280x720:r=25:d=12" -f lavfi -i "$(as 12)" -c:v libx264 -preset veryfast -crf 28 -pix_fmt yuv420p -x264-params open-gop=1:keyint=25:min-keyint=25:scenecut=0:bframes=3:b-adapt=0:bluray-compat=1 $AAC copy_opengop_moving.mp4; }
c_copy_obs()   { ff -f lavfi -i "$(vs 1280x720 60 12)" -f lavfi -i "$(as 12)" -c:v libx264 -preset veryfast -crf 23 -pix_fmt yuv420p -g 120 -keyint_min 120 -sc_threshold 0 -bf 2 $AAC copy_obs720p60.mp4; }
c_copy_reschange() { ff -f lavfi -i "$(vs 640x360 30 6)" -f lavfi -i "$(as 6)" -c:v libx264 -preset veryfast -g 60 -keyint_min 60 -sc_threshold 0 -pix_fmt yuv420p $AAC a.mkv; ff -f lavfi -i "$(vs 480x360 30 6)" -f lavfi -i "$(as 6)" -c:v libx264 -preset veryfast -g 60 -keyint_min 60 -sc_threshold 0 -pix_fmt yuv420p $AAC b.mkv; mkvmerge -q -o copy_reschange.mkv a.mkv + b.mkv; for x in a b; do ff -i $x.mkv -c copy -bsf:v h264_mp4toannexb $x.ts; done; ff -i "concat:a.ts|b.ts" -c copy copy_reschange.mp4; rm -f a.mkv b.mkv a.ts b.ts; }

# --- sound ------------------------------------------------------------------------------------------------
c_multiaudio() { base; ff $B -f lavfi -i "sine=440:d=12" -f lavfi -i "sine=880:d=12" -map 0:v -map 0:a -map 1:a -map 2:a $H $AAC -metadata:s:a:0 language=eng -metadata:s:a:0 title="English" -metadata:s:a:1 language=fre -metadata:s:a:1 title="Commentaire" -metadata:s:a:2 language=jpn multiaudio.mkv; }
c_surround()   { base; ff $B -filter_complex "[0:a]pan=mono|c0=c0,volume=-6dB[m];aevalsrc=0:d=12:s=48000[z1];aevalsrc=0:d=12[z2];[m]asplit[c][x];[x]anullsink;[z2]anullsink;[z1]asplit=5[a][b][d][e][f];[a]aformat=sample_rates=48000[a];[b]aformat=sample_rates=48000[b];[d]aformat=sample_rates=48000[d];[e]aformat=sample_rates=48000[e];[f]aformat=sample_rates=48000[f];[a][b][c][d][e][f]join=inputs=6:channel_layout=5.1:map=0.0-FL|1.0-FR|2.0-FC|3.0-LFE|4.0-BL|5.0-BR[o]" -map 0:v -map "[o]" $H -c:a ac3 -b:a 448k surround51_ac3.mkv;
                 ff -i surround51_ac3.mkv -c:v copy -c:a dca -strict -2 -b:a 768k dts51.mkv; ff -i surround51_ac3.mkv -c:v copy -c:a eac3 eac3_51.mp4; ff -i surround51_ac3.mkv -c:v copy -af "channelmap=channel_layout=5.1,pan=7.1|FL=FL|FR=FR|FC=FC|LFE=LFE|BL=BL|BR=BR|SL=BL|SR=BR" -c:a flac flac71.mkv; ff -i surround51_ac3.mkv -c:v copy -c:a libopus -mapping_family 1 -af aformat=channel_layouts=5.1 opus51.mkv; ff -i surround51_ac3.mkv -c:v copy -c:a truehd -strict -2 -af aformat=channel_layouts=5.1 truehd51.mkv; }
c_rates_audio() { base; ff $B $H -c:a pcm_mulaw -ar 8000 -ac 1 mulaw8k.mov; ff $B $H -c:a pcm_s24le -ar 96000 pcm96k24.mov; ff $B $H -c:a aac -ar 44100 -ac 1 aac44mono.mp4; ff $B $H -c:a alac alac.mov; ff $B $H -c:a pcm_s16be -ac 2 pcm_be.mov; ff -i base.mkv -s 352x288 -r 15 -c:v h263 -c:a libopencore_amrnb -ar 8000 -ac 1 -b:a 12.2k amr.3gp; ff $B $H -c:a wavpack wavpack.mkv; }
c_silent()     { base; ff $B -an $H no_audio.mp4; ff $B -af volume=0 $H $AAC silent_track.mp4; }
c_unknown_audio() { base; ff $B $B -map 0:v -map 0:a -map 1:a $H $AAC -disposition:a:1 0 u.mp4; python3 - <<'P'
d=bytearray(open('u.mp4','rb').read());i=d.rindex(b'mp4a');d[i:i+4]=b'apac';i=d.rindex(b'esds');d[i:i+4]=b'dapa';open('iphone16_apac.mov','wb').write(d)
P
ff $B -map 0:v -map 0:a $H $AAC u.mp4; python3 - <<'P'
d=bytearray(open('u.mp4','rb').read());i=d.rindex(b'mp4a');d[i:i+4]=b'apac';i=d.rindex(b'esds');d[i:i+4]=b'dapa';open('only_unknown_audio.mov','wb').write(d)
P
rm u.mp4; }
c_bad_first_audio() { base; ff $B -map 0:v -map 0:a -map 0:a $H -c:a:0 aac -c:a:1 aac e.mkv; mv e.mkv two_same_lang.mkv; }
c_audio_only() { base; ff -f lavfi -i smptebars=s=500x500:d=1 -frames:v 1 cover.jpg; for x in mp3 flac; do ff $B -i cover.jpg -map 0:a -map 1 -c:v mjpeg -disposition:v attached_pic -id3v2_version 3 cover.$x; done; ff $B -i cover.jpg -map 0:a -map 1 -c:a aac -c:v mjpeg -disposition:v attached_pic cover.m4a; ff $B -vn -c:a libopus audio.opus; ff $B -vn -c:a libvorbis audio.ogg; ff $B -vn audio.wav; ff $B -vn -c:a aac audio.aac; ff $B -vn -c:a ac3 audio.ac3; ff $B -vn -c:a wmav2 audio.wma; ff $B -vn -c:a pcm_s16be audio.aiff; ff $B -vn -c:a libopus audio.webm; ff $B -vn -c:a aac audio_in.mp4; ff $B -vn -c:a pcm_s16le -rf64 always audio_rf64.wav; ff $B -vn -c:a mp2 audio.mp2; ff -i base.mkv -vn -c:a libopencore_amrnb -ar 8000 -ac 1 -b:a 12.2k audio.amr; }

# --- containers and codecs --------------------------------------------------------------------------------
c_old()        { base; ff $B -c:v libxvid -bf 2 -q:v 4 -c:a libmp3lame xvid_bframes.avi; ff $B -c:v mpeg4 -vtag DX50 -bf 2 -q:v 4 -c:a ac3 divx.avi; ff $B -c:v msmpeg4 -q:v 4 -c:a libmp3lame div3.avi; ff $B -c:v wmv2 -q:v 4 -c:a wmav2 wmv2.wmv; ff $B -c:v flv -q:v 4 -c:a libmp3lame -ar 44100 flv1.flv; ff $B $H -c:a aac h264.flv; ff $B -c:v libtheora -q:v 7 -c:a libvorbis theora.ogv; ff $B -c:v mpeg1video -q:v 4 -c:a mp2 mpeg1.mpg; ff $B -c:v mjpeg -q:v 4 -c:a pcm_u8 -ar 11025 -ac 1 mjpeg.avi; ff $B -c:v svq1 -c:a adpcm_ima_qt -ar 22050 svq1.mov; ff $B -s 352x288 -c:v cinepak -t 2 -c:a pcm_u8 -ar 22050 cinepak.avi; }
c_pro()        { base; ff $B -t 6 -vf scale=1280:720 -c:v dnxhd -profile:v dnxhr_sq -pix_fmt yuv422p -c:a pcm_s24le dnxhr.mov; ff $B -t 6 -c:v prores_ks -profile:v 2 -c:a pcm_s24le -timecode 01:00:00:00 prores_tmcd.mov; ff $B -t 6 -c:v mpeg2video -qscale:v 2 -pix_fmt yuv422p -s 1280x720 -c:a pcm_s16le mxf.mxf; ff $B -t 6 -s 720x576 -r 25 -pix_fmt yuv420p -c:a pcm_s16le -ar 48000 -ac 2 dv.dv; ff $B -t 4 -c:v cfhd -c:a pcm_s16le cineform.mov; ff $B -t 3 -c:v ffv1 -level 3 -c:a flac ffv1.mkv; ff $B -t 2 -c:v rawvideo -pix_fmt uyvy422 -c:a pcm_s16le raw_uyvy.mov; ff $B -t 2 -c:v v210 -c:a pcm_s16le v210.mov; ff $B -t 2 -c:v jpeg2000 -c:a pcm_s16le j2k.mov; ff $B -t 2 -c:v hap -s 640x360 hap.mov; }
c_new()        { base; ff $B -t 6 -c:v libsvtav1 -preset 12 -pix_fmt yuv420p10le -c:a libopus av1_10bit.mp4; ff $B -c:v libx265 -preset ultrafast -x265-params log-level=none -tag:v hvc1 $AAC hevc8.mp4; ff $B -t 4 -c:v libx265 -preset ultrafast -pix_fmt yuv422p12le -x265-params log-level=none $AAC hevc422_12.mp4; ff $B -c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -c:a libvorbis vp8.webm; ff -i base.mkv -t 2 -c:v libvvenc -preset faster -c:a aac vvc.mp4; }
c_other()      { base; ff $B -t 4 -c:v rv20 -r 15 -c:a ac3 -ar 44100 -ac 2 real.rm; ff $B -t 4 $H -an -f h264 raw.h264; ff $B -t 1 -pix_fmt yuv420p y4m.y4m; ff $B -t 4 $H $AAC nut.nut; ff -f lavfi -i "testsrc=s=320x240:r=10:d=3" anim.gif; ff -f lavfi -i "testsrc=s=320x240:r=10:d=3" -loop 0 -c:v libwebp_anim anim.webp; ff -f lavfi -i "testsrc=s=320x240:r=10:d=3" -plays 0 -f apng anim.png; ff $B -t 4 -c:v flv -c:a libmp3lame -ar 44100 swf.swf; ff $B -t 4 $H $AAC -f ismv ism.ismv; ff $B -t 4 -c:v mpeg2video -q:v 3 -an m2v.m2v; ff $B -t 4 $H $AAC -f hls -hls_segment_type fmp4 -hls_time 2 -hls_fmp4_init_filename hi.mp4 h.m3u8; cat hi.mp4 h0.m4s h1.m4s > hls_joined.mp4; cp h0.m4s stray_segment.m4s; rm -f h.m3u8 hi.mp4 h?.m4s; }
c_vtracks()    { base; ff $B -f lavfi -i "color=gray:s=1280x720:r=30:d=12" -map 0:v -map 0:a -map 1:v $H $AAC -disposition:v:0 default -disposition:v:1 0 two_video.mov; ff $B -f lavfi -i "color=gray:s=320x180:r=30:d=12" -map 1:v -map 0:v -map 0:a $H $AAC -disposition:v 0 two_video_nodefault.mkv; }
c_cover_video() { base; ff -f lavfi -i smptebars=s=500x500:d=1 -frames:v 1 cover.jpg; ff -i cover.jpg $B -map 0 -map 1 -c:v:0 mjpeg -disposition:v:0 attached_pic -c:v:1 libx264 -preset ultrafast -pix_fmt yuv420p $AAC cover_first.mp4; }
c_timecode()   { base; ff $B $H $AAC -timecode 10:20:30:00 tmcd.mp4; ff -i tmcd.mp4 -map 0 -c copy -metadata location="+48.7296+019.1353/" -metadata make=Apple gps_tmcd.mov; }
c_gpmd()       { base; ff $B $H $AAC -timecode 10:20:30:00 g.mov; python3 - <<'P'
d=bytearray(open('g.mov','rb').read());i=d.rindex(b'tmcd');j=d.index(b'tmcd',d.rindex(b'stsd'));d[j:j+4]=b'gpmd';open('gopro_gpmd.mp4','wb').write(d)
P
rm g.mov; }
c_encryption() { base; ff $B $H $AAC -encryption_scheme cenc-aes-ctr -encryption_key 76a6c65c5ea762046bd749a2e632ccbb -encryption_kid a7e61c373e219033c21091fa607bf3b8 cenc.mp4; }

# --- subtitles, chapters, names ---------------------------------------------------------------------------
srt() { printf '1\n00:00:01,000 --> 00:00:02,500\nClap one %s\n\n2\n00:00:06,000 --> 00:00:07,000\n<i>Clap two</i> & more\n\n3\n00:00:11,000 --> 00:00:11,900\nClap three\n' "$1"; }
c_subs()       { base; srt EN > s1.srt; srt SDH > s2.srt; srt FR > s3.srt; srt FORCED > s4.srt
                 ff $B -i s1.srt -i s2.srt -i s3.srt -i s4.srt -map 0:v -map 0:a -map 1 -map 2 -map 3 -map 4 $H $AAC -c:s mov_text -metadata:s:s:0 language=eng -metadata:s:s:1 language=eng -metadata:s:s:1 title=SDH -disposition:s:1 hearing_impaired -metadata:s:s:2 language=fre -metadata:s:s:3 language=eng -metadata:s:s:3 title=Forced -disposition:s:3 forced subs_movtext.mp4
                 ff $B -i s1.srt -i s2.srt -i s3.srt -i s4.srt -map 0:v -map 0:a -map 1 -map 2 -map 3 -map 4 $H $AAC -c:s:0 ass -c:s:1 srt -c:s:2 srt -c:s:3 srt -metadata:s:s:0 language=eng -metadata:s:s:1 language=eng -metadata:s:s:1 title="English SDH" -disposition:s:1 hearing_impaired -metadata:s:s:2 language=fre -metadata:s:s:3 language=eng -metadata:s:s:3 title=Forced -disposition:s:3 forced subs.mkv
                 ff $B -i s1.srt -i s3.srt -map 0:v -map 0:a -map 1 -map 2 $H $AAC -c:s srt subs_nolang.mkv
                 ff $B -i s1.srt -map 0:v -map 0:a -map 1 $H $AAC -c:s webvtt -metadata:s:s language=eng -output_ts_offset 7 subs_start7.mkv; rm s?.srt; }
c_chapters()   { base; printf ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=6000\ntitle=Początek 🎬\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=6000\nEND=12000\ntitle=Second; one\n' | sed 's/; one/\\; one/' > m.txt; ff $B -i m.txt -map_metadata 1 -map_chapters 1 $H $AAC chapters.mp4; ff -i chapters.mp4 -map_chapters 0 -c copy chapters.mkv; ff -i chapters.mp4 -map 0:v -map 0:a -map_chapters 0 -c copy -output_ts_offset 7 chapters_start7.mkv; rm m.txt; }
c_names()      { base; ff $B -t 3 $H $AAC n.mp4; cp n.mp4 "Ünïcødé 🎬 видео 動画 .mp4"; cp n.mp4 "$(python3 -c 'print("x"*240)').mp4"; cp n.mp4 "no extension"; cp n.mp4 "UPPER.MP4"; cp n.mp4 "wrong.avi"; cp n.mp4 ' "quote'"'"' & <b>.mp4'; rm n.mp4; }

ALL=$(declare -F | awk '{print $3}' | grep '^c_')
for c in ${@:-$ALL}; do c=c_${c#c_}; $c || echo "FAILED $c"; done
